//! Which mailbox host was meant: one slip away from a well-known one, while not itself one.

use alloc::{borrow::ToOwned, string::String};

use super::super::slip::is_one_slip;

/// Mailbox hosts that many people use, the most used first, with their country variants.
const MAILBOXES: [&str; 93] = [
    "gmail.com",
    "yahoo.com",
    "hotmail.com",
    "outlook.com",
    "icloud.com",
    "gmx.de",
    "web.de",
    "t-online.de",
    "live.com",
    "aol.com",
    "googlemail.com",
    "freenet.de",
    "gmx.net",
    "gmx.at",
    "gmx.ch",
    "mail.com",
    "msn.com",
    "me.com",
    "mac.com",
    "proton.me",
    "protonmail.com",
    "yahoo.de",
    "yahoo.fr",
    "yahoo.it",
    "yahoo.es",
    "yahoo.co.uk",
    "yahoo.co.jp",
    "yahoo.com.br",
    "yahoo.co.in",
    "yahoo.ca",
    "yahoo.in",
    "hotmail.de",
    "hotmail.fr",
    "hotmail.it",
    "hotmail.es",
    "hotmail.co.uk",
    "hotmail.be",
    "hotmail.nl",
    "hotmail.com.br",
    "outlook.de",
    "outlook.fr",
    "outlook.it",
    "outlook.es",
    "outlook.com.br",
    "outlook.pt",
    "outlook.be",
    "live.de",
    "live.fr",
    "live.it",
    "live.nl",
    "live.co.uk",
    "live.be",
    "live.ca",
    "live.com.pt",
    "orange.fr",
    "free.fr",
    "wanadoo.fr",
    "laposte.net",
    "sfr.fr",
    "libero.it",
    "virgilio.it",
    "tiscali.it",
    "wp.pl",
    "onet.pl",
    "interia.pl",
    "o2.pl",
    "ziggo.nl",
    "hetnet.nl",
    "planet.nl",
    "home.nl",
    "bluewin.ch",
    "sapo.pt",
    "telenet.be",
    "skynet.be",
    "seznam.cz",
    "arcor.de",
    "online.de",
    "gmx.com",
    "posteo.de",
    "mailbox.org",
    "fastmail.com",
    "zoho.com",
    "yandex.ru",
    "yandex.com",
    "mail.ru",
    "comcast.net",
    "verizon.net",
    "att.net",
    "sbcglobal.net",
    "bellsouth.net",
    "cox.net",
    "btinternet.com",
    "sky.com",
];

/// Hosts one slip away from a mailbox host that are real themselves, and further country variants.
const REAL: &str = "ymail.com email.com xmail.com tmail.com amail.com cmail.com love.com rocketmail.com email.de \
    email.ru imail.ru mail.nu mail.de mail.be mail.ch mail.eu email.it gmx.eu gmx.fr gmx.us gmx.org gmx.co.uk gmx.es gmx.it \
    yahoo.at yahoo.be yahoo.ch yahoo.cl yahoo.cn yahoo.co.id yahoo.co.kr yahoo.co.nz yahoo.co.th yahoo.co.za \
    yahoo.com.ar yahoo.com.au yahoo.com.mx yahoo.com.sg yahoo.com.tr yahoo.com.tw yahoo.cz yahoo.dk yahoo.fi \
    yahoo.gr yahoo.hu yahoo.ie yahoo.jp yahoo.nl yahoo.no yahoo.pl yahoo.pt yahoo.ro yahoo.se \
    hotmail.at hotmail.ca hotmail.ch hotmail.cl hotmail.co.jp hotmail.co.za hotmail.com.ar hotmail.com.tr hotmail.cz \
    hotmail.dk hotmail.fi hotmail.gr hotmail.hu hotmail.no hotmail.pt hotmail.ru hotmail.se hotmail.sk hotmail.my hotmail.sg \
    outlook.at outlook.cl outlook.co.th outlook.com.ar outlook.com.au outlook.com.gr outlook.com.tr outlook.cz outlook.dk \
    outlook.hu outlook.ie outlook.in outlook.jp outlook.kr outlook.lv outlook.my outlook.ph outlook.sa outlook.sg outlook.sk \
    live.at live.ch live.cl live.cn live.co.kr live.co.za live.com.ar live.com.au live.com.mx live.com.my live.com.sg live.dk live.fi \
    live.hk live.ie live.in live.jp live.no live.ru live.se tiscali.at tiscali.cz tiscali.co.uk online.ie online.fr \
    online.nl online.no free.de free.at freenet.at home.de home.pl home.se orange.be orange.es orange.pl \
    zoho.eu zoho.in yandex.by yandex.kz yandex.ua mailbox.hu planet.fr";

/// Endings that do not exist, and the one that was meant.
const ENDINGS: &str = "con com cim com vom com xom com cpm com comm com coom com ccom com cmo com ocm com c0m com \
    nte net ent net nett net ogr org orgg org";

/// The well-known mailbox host that is one slip away (a letter missing, added, wrong, or two swapped: the optimal string
/// alignment distance), or the same host with an ending that exists.
pub(super) fn suggest(domain: &str) -> Option<String> {
    let mut meant = None;
    for mailbox in MAILBOXES {
        if mailbox == domain {
            return None;
        }
        if meant.is_none() && is_one_slip(domain.as_bytes(), mailbox.as_bytes()) {
            meant = Some(mailbox);
        }
    }
    match meant {
        Some(_) if REAL.split(' ').any(|real| real == domain) => None,
        Some(mailbox) => Some(mailbox.to_owned()),
        None => ending(domain),
    }
}

/// The well-known mailbox host of this name, where only the ending was forgotten.
pub(super) fn complete(domain: &str) -> Option<String> {
    let is_named =
        |mailbox: &&&str| mailbox.split_once('.').is_some_and(|(name, _)| name == domain);
    MAILBOXES.iter().find(is_named).map(|mailbox| (*mailbox).to_owned())
}

fn ending(domain: &str) -> Option<String> {
    let (name, typed) = domain.rsplit_once('.')?;
    if typed.len() < 3 || typed == "com" {
        return None;
    }
    let mut words = ENDINGS.split(' ');
    while let (Some(wrong), Some(right)) = (words.next(), words.next()) {
        if wrong == typed {
            return Some([name, ".", right].concat());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(domain: &str, expected: Option<&str>) {
        assert_eq!(suggest(domain).as_deref(), expected, "{domain}");
    }

    #[test]
    fn one_slip_from_a_mailbox_host_is_found() {
        check("gmial.com", Some("gmail.com"));
        check("gmai.com", Some("gmail.com"));
        check("gmaill.com", Some("gmail.com"));
        check("gmsil.com", Some("gmail.com"));
        check("gmail.cmo", Some("gmail.com"));
        check("gmail.co", Some("gmail.com"));
        check("tonline.de", Some("t-online.de"));
        check("hotmal.fr", Some("hotmail.fr"));
    }

    #[test]
    fn real_hosts_and_strangers_are_left_alone() {
        for domain in MAILBOXES.into_iter().chain(REAL.split(' ')) {
            check(domain, None);
        }
        check("example.com", None);
        check("gmmaill.com", None);
    }

    #[test]
    fn endings_that_do_not_exist_are_corrected() {
        check("example.con", Some("example.com"));
        check("verein.ogr", Some("verein.org"));
    }

    #[test]
    fn a_forgotten_ending_is_completed() {
        assert_eq!(complete("gmail").as_deref(), Some("gmail.com"));
        assert_eq!(complete("web").as_deref(), Some("web.de"));
        assert_eq!(complete("example"), None);
    }
}
