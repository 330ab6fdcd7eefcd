package mask

import (
	_ "embed"
	"regexp"
	"strings"
)

// wordList is every word that this program writes or looks for in logs. Write it
// anew with go test ./mask -run TestWords -update.
//
//go:embed words.txt
var wordList string

func set(lists ...string) map[string]bool {
	m := make(map[string]bool)
	for _, list := range lists {
		for _, w := range strings.Fields(list) {
			m[w] = true
		}
	}
	return m
}

var (
	words          = set(wordList)
	publicWords    = set(programs, systemWords, webWords, agentWords)
	publicPaths    = set(systemPaths, wordpressPaths, probes)
	publicPrograms = set(programs)
	fileEnds       = set(ends)
	unitEnds       = set("service socket timer target mount slice scope path device swap")
)

// logName is the name of a log that every server has, rotated or not.
var logName = regexp.MustCompile(`^(((error|access|other_vhosts_access|ssl_access|ssl_error|kern|auth|daemon|debug|php|php[0-9.]*-fpm|php_errors|mysql|mysqld|mariadb|slow|fail2ban|wordpress)[.-]log)|error_log|access_log|syslog|messages|dmesg|logsleuth)([.-][0-9]{1,8})?(\.(gz|bz2|xz|zst|json|txt))?$`)

// systemPaths are names of folders and files that every system has.
const systemPaths = `
	bin boot dev etc home lib lib32 lib64 media mnt opt proc root run sbin srv sys tmp usr var local share libexec libx32
	www html htdocs httpdocs public_html public web site sites sites-available sites-enabled conf conf.d conf-available conf-enabled mods-enabled
	mods-available vhosts vhost log logs cache spool backups cgi-bin nginx apache apache2 httpd mysql mariadb mysqld php php-fpm php5 php7 php8 fpm
	pool.d systemd user.slice system.slice modules extensions include includes inc cron cron.d cron.daily crontab letsencrypt init.d
	passwd shadow hosts resolv.conf my.cnf php.ini apache2.conf httpd.conf nginx.conf self environ cmdline null zero random urandom stdin stdout stderr
	sh bash dash env x86_64-linux-gnu sessionclean libc.so.6 libphp.so apache2ctl apachectl index proc.d lxc docker
	containers kubepods kubernetes c d`

// wordpressPaths are names of WordPress' own.
const wordpressPaths = `
	wp-admin wp-content wp-includes plugins themes mu-plugins uploads upgrade languages cache index.php wp-login.php wp-cron.php xmlrpc.php
	wp-config.php wp-config-sample.php wp-load.php wp-settings.php wp-blog-header.php wp-signup.php wp-activate.php wp-trackback.php wp-mail.php
	wp-comments-post.php wp-links-opml.php wp-db.php class-wpdb.php admin-ajax.php admin-post.php load-scripts.php load-styles.php wp-json wp
	v1 v2 users posts pages media oembed embed feed rss rss2 atom sitemap.xml wp-sitemap.xml robots.txt favicon.ico ads.txt security.txt .well-known
	acme-challenge readme.html license.txt readme.txt install.php upgrade.php setup-config.php functions.php plugin.php cache.php option.php
	load.php query.php class-wp.php class-wp-query.php class-wp-hook.php template-loader.php template.php theme.php user.php post.php pluggable.php
	general-template.php link-template.php js css images img fonts jquery jquery.js jquery.min.js wp-emoji-release.min.js style.css
	apple-touch-icon.png apple-touch-icon-precomposed.png server-status server-info`

// probes are what scanners ask every server for.
const probes = `
	.env .env.bak .env.local .env.dev .env.prod .env.production .env.save .env.old .env.backup .git head config .gitignore .svn .hg .htaccess .htpasswd .ds_store .aws
	credentials .ssh id_rsa .bash_history .vscode sftp.json .npmrc .dockerenv docker-compose.yml dockerfile composer.json composer.lock package.json
	wp-config.php.bak wp-config.php~ wp-config.php.old wp-config.php.save wp-config.php.swp .wp-config.php.swp wp-config.bak wp-config.txt wp-config.old
	config.php config.json config.yml config.bak configuration.php settings.php database.yml secrets.yml web.config
	phpinfo.php info.php test.php shell.php cmd.php c99.php r57.php wso.php webshell.php upload.php uploader.php alfa.php alfacgiapi perl.alfa
	up.php x.php a.php 1.php 0.php ok.php file.php adminer.php phpmyadmin pma myadmin dbadmin
	backup.sql dump.sql database.sql db.sql backup.zip backup.tar.gz www.zip site.zip
	vendor phpunit src util eval-stdin.php actuator health gateway solr console manager hudson jenkins boaform hnap1 owa autodiscover
	autodiscover.xml telescope _ignition execute-solution .travis.yml .gitlab-ci.yml win.ini boot.ini`

// ends are the ends of files' names that tell what is in them.
const ends = `
	php php3 php4 php5 php7 php8 phtml phar inc asp aspx jsp cgi pl py rb sh exe dll so js mjs css map html htm xhtml shtml xml json yml yaml toml txt md csv pdf
	png jpg jpeg gif webp avif svg ico bmp tif tiff mp3 mp4 webm ogg wav avi mov woff woff2 ttf eot otf zip gz tgz tar rar 7z bz2 xz zst
	sql db sqlite bak old orig save swp env ini conf cfg cnf key pem crt log pid sock lock tmp doc docx xls xlsx ppt pptx rss mmdb`

// programs are names of programs and of the users that they run as.
const programs = `
	root www-data apache apache2 httpd nginx mysql mysqld mariadb mariadbd mysqld_safe php php-fpm php-cgi kernel systemd systemd-logind systemd-resolved systemd-timesyncd
	systemd-networkd systemd-journald systemd-udevd systemd-sysctl cron anacron crond crontab rsyslogd rsyslog syslogd sshd sudo su dbus dbus-daemon networkmanager
	polkitd snapd apt apt-get dpkg unattended-upgrades unattended-upgr logrotate certbot postfix dovecot exim4 exim named bind9 ntpd chronyd memcached redis redis-server
	varnishd haproxy docker dockerd containerd kubelet fail2ban fail2ban-server ufw iptables nftables cloud-init qemu-ga irqbalance agetty login udevd auditd
	node python python3 perl ruby java bash sh dash wp wp-cli composer clamd freshclamd rsync tar gzip mysqldump mariadb-dump sessionclean cmd`

// systemWords are words of the kernel, of systemd, of Apache, PHP and the databases.
const systemWords = `
	fi then raising recover explicitly enabled during incoming retrieve still temporary title subject item pick please redirect compressed checkpoint communication
	buffered bigger base case instructions io_uring lsn tablespace physically segments revision setup zlib wsrep total_vm rss_anon rss_file rss_shmem swapcached writeback
	active_file inactive_file inactive_anon isolated_anon isolated_file shmem mapped_file unevictable global_oom gfp_kernel gfp_highuser_movable constraint_memcg constraint_none
	asc desc attachment post_id post_status post_type publish meta_id meta_key meta_value comment_approved sql_calc_found_rows get_lock distinct count max min sum
	innodb_buffer_pool_size max_open_files columns_count run-parts remoteipproxyprotocol eflags qemu bios pc loadmodules
	do_blocks render_block render widget setup_postdata the_post the_excerpt the_post_navigation the_privacy_policy_link wp_plugins_loaded wp_trim_excerpt wp_shortlink_header
	wp_get_shortlink wp_comment_query wp_widget wp_block get_adjacent_post get_adjacent_post_link get_comment_ids get_comment_link get_comments get_next_post_link get_permalink
	get_post get_post_status get_privacy_policy_url get_the_excerpt get_the_post_navigation get_the_privacy_policy_link get_the_title get_transient redirect_canonical
	register_uninstall_hook update_meta_cache update_post_caches update_postmeta_cache update_post_author_caches cache_users display_callback get_instance
	january february march april june july august september october november december jan feb mar apr may jun jul aug sep oct nov dec mon tue wed thu fri sat sun utc gmt cet cest est edt pst pdt
	gcc debian ubuntu centos fedora rhel alpine amazon almalinux rocky linux gnu unix freebsd darwin openssl libressl libc glibc zend opcache apcu xdebug
	comm tainted preempt cpu hardware rip rsp code call trace modules linked cgroup constraint nodemask cpuset mems_allowed oom_memcg task_memcg task uid pid tgid gid
	total-vm anon-rss file-rss shmem-rss pgtables oom_score_adj pgtables_bytes swapents name usage failcnt node zone free min low high kb none null
	core authz_core authz_host authz_user auth_basic auth_digest autoindex proxy proxy_fcgi proxy_http proxy_balancer cgi cgid fcgid mpm_prefork mpm_event mpm_worker
	mpm reqtimeout http http2 ssl security2 evasive evasive20 qos rewrite negotiation log_config remoteip suexec unixd watchdog
	select insert update delete replace show set from where and or limit order by group into values table tables into join left inner on as not null is in like between
	begin commit rollback create alter drop index key primary use describe explain hits id option_name option_value autoload wp_options wp_posts wp_postmeta
	wp_users wp_usermeta wp_comments wp_commentmeta wp_terms wp_termmeta wp_term_taxonomy wp_term_relationships wp_links uninstall_plugins siteurl cron
	transient session sessions charset collation utf8 utf8mb4 latin1 varchar int bigint text longtext date datetime
	pdoexception exception error typeerror valueerror parseerror argumentcounterror throwable stack main thrown undefined constant abspath variable property offset
	array object string bool boolean int integer float callable iterable resource null true false must be of type given argument arguments
	foreach isset empty include include_once require require_once function class method static new return mysqli mysqli_query mysqli_real_connect mysqli_connect
	mysql_connect mysql_query pdo file_get_contents fopen fwrite fsockopen curl_exec curl_init preg_match preg_replace str_replace strpos strlen substr implode explode
	in_array array_merge array_key_exists array_map array_filter count sizeof trim json_decode json_encode unserialize serialize ini_set set_time_limit mail imagecreatefromjpeg
	getimagesize call_user_func call_user_func_array spl_autoload_call do_action do_action_ref_array apply_filters apply_filters_ref_array add_action add_filter
	wp_hook wpdb wp_query wp_user wp_error wp_post wp_rewrite get_option update_option add_option delete_option get_posts query_posts wp_cron wp_schedule_event wp_mail
	init shutdown_action_hook the_content wp_head wp_footer plugins_loaded template_redirect get_header get_footer get_sidebar get_template_part load_template locate_template
	dynamic_sidebar wp_load_alloptions wp_not_installed is_blog_installed wp_set_current_user wp_get_current_user get_user_by get_userdata parse_request send_headers
	wp_loaded admin_init rest_api_init rest_do_request serve_request dispatch get_results get_var get_row get_col prepare query db_connect check_connection
	deactivated successfully main process exited result started stopped starting stopping reached reloading reloaded scheduled job restart counter
	configured resuming normal operations caught sigterm shutting down notice segmentation fault coredump possible
	ready connections version port socket distribution innodb buffer pool completed initiated unknown normal shutdown complete plugin
	password mismatch authentication failure failures found denied denied-by referer upstream timed out reading header
	mac src dst len tos prec ttl proto spt dpt window res syn ack rst fin urgp tcp udp icmp df block in out eth0 ens3 lo
	session opened closed user new removed logind seat accepted publickey preauth preauthentication invalid disconnected disconnecting kex rsa ed25519 ecdsa sha256
	pam_unix pam auth tty ssh ruser rhost logname euid pwd command`

// webWords are words of requests.
const webWords = `
	get post head put delete options patch trace connect propfind http https ftp ws wss http2 h2 tls tlsv1 sslv3 www mozilla-like
	action page id p s q cat tag author paged rest_route doing_wp_cron redirect_to reauth loggedout log pwd interim-login ver v nonce _wpnonce utm_source utm_medium`

// agentWords are the words with which browsers, crawlers and tools name themselves.
const agentWords = `
	mozilla compatible windows nt win64 wow64 x64 x86_64 i686 macintosh intel mac os osx x11 linux ubuntu android mobile iphone ipad ipod cpu like applewebkit khtml gecko
	chrome chromium safari firefox edg edge edga opr opera version trident msie rv samsungbrowser crios fxios vivaldi brave ucbrowser
	googlebot googlebot-image bingbot yandexbot baiduspider duckduckbot applebot slurp ahrefsbot semrushbot mj12bot dotbot petalbot bytespider facebookexternalhit twitterbot gptbot claudebot
	ccbot amazonbot bot crawler spider wordpress jetpack wpscan nikto sqlmap nuclei gobuster dirbuster feroxbuster ffuf hydra masscan zgrab nmap
	curl wget python-requests python-urllib python-httpx aiohttp go-http-client okhttp java apache-httpclient libwww-perl lwp guzzlehttp axios node-fetch postman
	postmanruntime httpie php powershell uptimerobot pingdom statuscake zabbix nagios check_http feedly headlesschrome phantomjs selenium k18 build`
