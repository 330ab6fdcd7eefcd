package geo

import (
	_ "embed"

	"github.com/oschwald/geoip2-golang/v2"
)

// The data is made by build/build.sh. It is embedded as it is read, though packed it
// would be a third of that: unpacking cost each report 40 ms of processor and 15 MB
// of memory, and of what is not unpacked only those pages are loaded that somebody
// asks for.

//go:embed data/country.mmdb
var countryData []byte

//go:embed data/asn.mmdb
var asnData []byte

const (
	countryLicence = "IPtoASN (https://iptoasn.com), PDDL 1.0"
	asnLicence     = "IP Geolocation by DB-IP (https://db-ip.com); Route Views (https://www.routeviews.org); " +
		"Number Resource Organization (https://www.nro.net); merged by ip-location-db, modified; CC BY 4.0"
)

// Attribution is what the licences of the embedded data ask to be said, a line for each database.
func Attribution() string {
	return "Countries: " + countryLicence + "\nNetworks: " + asnLicence + "\n"
}

func openCountry() (*geoip2.Reader, error) { return geoip2.OpenBytes(countryData) }
func openASN() (*geoip2.Reader, error)     { return geoip2.OpenBytes(asnData) }
