// Package mask puts pseudonyms in the place of what tells whose server a log is
// of: addresses, names of hosts and users, the paths of the site. What it writes
// can be shared.
//
// It does not look for secrets, for nobody knows all shapes that they come in. It
// knows what is public - the words of this program and of the programs whose logs
// it reads, the names that every installation has - and replaces all the rest. A
// word that nobody thought of is hidden, not shown.
//
// A pseudonym is made of the word and a key, of nothing else: the same word has
// the same one in every place, format and run with that key, and who does not
// have the key cannot try all addresses until one fits.
package mask
