package simulate

// Words that clients and sites use. They are drawn from, never counted on.

var browsers = []string{
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1",
	"Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Mobile Safari/537.36",
	"Mozilla/5.0 (X11; Linux x86_64; rv:129.0) Gecko/20100101 Firefox/129.0",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/127.0.0.0 Safari/537.36 Edg/127.0.0.0",
}

var tools = []string{
	"python-requests/2.31.0", "Go-http-client/1.1", "curl/7.88.1", "Mozilla/5.0", "-", "Mozilla/5.0 zgrab/0.x",
	"Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:62.0) Gecko/20100101 Firefox/62.0",
	"Mozilla/5.0 (Windows NT 6.1; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/78.0.3904.108 Safari/537.36",
}

var elsewhere = []string{
	"https://www.google.com/", "https://www.google.com/", "https://www.google.com/", "https://duckduckgo.com/",
	"https://www.bing.com/", "https://t.co/", "https://m.facebook.com/", "android-app://com.google.android.googlequicksearchbox/",
}

var searched = []string{"honey", "rain", "garden", "winter", "soil", "price", "opening hours", "tomato", "recipe", "contact", "repair"}

// hunted are scripts that scanners ask for.
var hunted = []string{
	"wso.php", "shell.php", "c99.php", "r57.php", "alfa.php", "up.php", "upload.php", "mini.php", "info.php", "phpinfo.php",
	"wp-admin/css/colors/blue/file.php", "wp-content/themes/seotheme/db.php", "wp-includes/wp-class.php", "wp-admin/admin-ajax1.php",
	"radio.php", "simple.php", "about.php", "adminer.php", "xleet.php", "chosen.php", "cache.php", "doc.php", "bypass.php", "fm.php",
	"wp-content/plugins/hellopress/wp_filemanager.php", "wp-content/uploads/index1.php", "dropdown.php", "gank.php", "makeasmtp.php",
	"wp-admin/maint/maint.php", "wp-admin/user/about.php", "wp-includes/Text/index.php", "ws.php", "moon.php", "lock360.php",
	"vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php", "ioxi-o.php", "wp-signin.php", "byp.php", "0x.php", "atomlib.php", "inputs.php",
}

// leaked are files that somebody may have left lying.
var leaked = []string{
	".env", ".git/config", ".git/HEAD", ".aws/credentials", "backup.zip", "backup.sql", "db.sql", "dump.sql.gz", "wp-config.php.bak",
	"wp-config.php~", ".DS_Store", ".vscode/sftp.json", "config.json", "site.tar.gz", "phpmyadmin/index", "server-status", ".svn/entries",
	"actuator/env", "api/v1/pods", "owa/auth/logon.aspx", "solr/admin/info/system", "manager/html", "HNAP1", "boaform/admin/formLogin",
	"remote/login", "login.action", "console/", "telescope/requests", "old/", "test/", "backup/", "new/", "wp/", "blog/", "wordpress/",
}

var users = []string{"admin", "root", "test", "user", "webmaster", "info", "administrator", "editor", "manager", "support", "demo", "wordpress"}

// A plugin of the site: what it logs on an ordinary day, and how its code stands in chains.
type plugin struct {
	slug   string
	notice string // at level warn, "" for none
	line   int
	chain  string // from wp-settings.php on, "" where it makes no queries of its own
	query  string
}

const (
	settings = "require('wp-blog-header.php'), require_once('wp-load.php'), require_once('wp-config.php'), require_once('wp-settings.php'), "
	loader   = "require('wp-blog-header.php'), require_once('wp-includes/template-loader.php'), "
	posts    = "require('wp-blog-header.php'), wp, WP->main, WP->query_posts, WP_Query->query, WP_Query->get_posts"
)

var plugins = []plugin{
	{"stats-beacon", "", 31, settings + "include_once('/plugins/stats-beacon/stats-beacon.php'), Stats_Beacon::init, Stats_Beacon::sync_totals",
		"UPDATE wp_beacon_totals SET hits = hits + 1 WHERE id = 1"},
	{"contact-form-mini", `Undefined array key "subject"`, 10, "", ""},
	{"ad-rotator", "", 88, settings + "do_action('plugins_loaded'), WP_Hook->do_action, WP_Hook->apply_filters, Ad_Rotator->boot, Ad_Rotator->ids",
		"SELECT ID FROM wp_posts WHERE post_type = 'ad_rotator' AND post_status = 'publish' ORDER BY ID DESC"},
	{"gallery-deluxe", `Undefined array key "columns"`, 25, "", ""},
	{"seo-booster", "Trying to access array offset on value of type bool", 214,
		loader + "do_action('template_redirect'), WP_Hook->do_action, WP_Hook->apply_filters, SEO_Booster\\Front->redirects, SEO_Booster\\Store->find",
		"SELECT id, target FROM wp_seo_redirects WHERE source = '/%s/' AND active = 1 LIMIT 1"},
	{"event-calendar-lite", `Undefined variable $tz`, 402,
		settings + "do_action('init'), WP_Hook->do_action, WP_Hook->apply_filters, ECL_Events->upcoming, get_posts, WP_Query->query, WP_Query->get_posts",
		"SELECT SQL_CALC_FOUND_ROWS  wp_posts.ID FROM wp_posts WHERE 1=1 AND wp_posts.post_type = 'ecl_event' ORDER BY wp_posts.post_date ASC LIMIT 0, 5"},
	{"shop-basket", "", 77,
		settings + "include_once('/plugins/shop-basket/shop-basket.php'), Shop_Basket->session, Shop_Basket\\Session->load",
		"SELECT session_value FROM wp_basket_sessions WHERE session_key = '%x'"},
	{"related-posts-pro", "Attempt to read property \"ID\" on null", 133,
		loader + "include('/themes/meadow/single.php'), the_content, apply_filters('the_content'), WP_Hook->apply_filters, Related_Posts_Pro->append, Related_Posts_Pro->score",
		`\n\t\t\tSELECT p.ID, MATCH(p.post_title) AGAINST('%s') AS score\n\t\t\tFROM wp_posts p\n\t\t\tORDER BY score DESC LIMIT 6`},
}

// core are queries of WordPress itself with the way to them.
var core = []plugin{
	{chain: posts, query: `\n\t\t\tSELECT   wp_posts.*\n\t\t\tFROM wp_posts \n\t\t\tWHERE 1=1  AND wp_posts.ID = %d AND wp_posts.post_type = 'post'\n\t\t\t\n\t\t\tORDER BY wp_posts.post_date DESC\n\t\t\t`},
	{chain: posts, query: `\n\t\t\t\t\tSELECT SQL_CALC_FOUND_ROWS  wp_posts.ID\n\t\t\t\t\tFROM wp_posts \n\t\t\t\t\tWHERE 1=1  AND (((wp_posts.post_title LIKE '%%%s%%')))  AND (wp_posts.post_password = '')\n\t\t\t\t\tORDER BY wp_posts.post_date DESC\n\t\t\t\t\tLIMIT 0, 10\n\t\t\t\t`},
	{chain: loader + "do_action('template_redirect'), WP_Hook->do_action, WP_Hook->apply_filters, redirect_canonical, get_post, WP_Post::get_instance",
		query: "SELECT * FROM wp_posts WHERE ID = %d LIMIT 1"},
	{chain: loader + "include('/themes/meadow/single.php'), get_footer, locate_template, load_template, require_once('/themes/meadow/footer.php'), dynamic_sidebar, WP_Widget->display_callback, WP_Widget_Recent_Posts->widget, WP_Query->query, WP_Query->get_posts",
		query: `\n\t\t\t\t\tSELECT   wp_posts.ID\n\t\t\t\t\tFROM wp_posts \n\t\t\t\t\tWHERE 1=1  AND wp_posts.post_type = 'post' AND ((wp_posts.post_status = 'publish'))\n\t\t\t\t\t\n\t\t\t\t\tORDER BY wp_posts.post_date DESC\n\t\t\t\t\tLIMIT 0, 5\n\t\t\t\t`},
	{chain: settings + "wp_not_installed, is_blog_installed, wp_load_alloptions",
		query: "SELECT option_name, option_value FROM wp_options WHERE autoload = 'yes'"},
	{chain: "require('wp-cron.php'), do_action_ref_array('wp_scheduled_delete'), WP_Hook->do_action, WP_Hook->apply_filters, wp_scheduled_delete",
		query: "SELECT post_id FROM wp_postmeta WHERE meta_key = '_wp_trash_meta_time' AND meta_value < %d"},
}
