//! What is asked about a batch, and what is made of the answers.

use alloc::vec;

use super::*;
use crate::wire::json;

const CONFIG: &str = r#"{"site":{"id":"shop"},"forms":{"contact":{"fields":[
    {"name":"email","type":"email"},{"name":"words","type":"text"}]}},
    "spam":{"rate":{"address_per_minute":10,"form_per_minute":20}}}"#;

fn around<'a>(config: &'a Config, address: &'a str, now: u64) -> Circumstances<'a> {
    Circumstances {
        config,
        secret: "secret",
        address,
        no_origin: false,
        value: &|_| None,
        allows: &|_| true,
        packs: &NONE,
        now: Millis(now),
    }
}

fn item(words: &str) -> Json {
    let text = format!(
        r#"{{"id":"017f22e2-79b0-7cc3-98c4-dc0c0c07398f","form":"contact","data":{{"email":"a@b.example","words":"{words}"}}}}"#
    );
    json::parse(&text).unwrap()
}

/// What stands at each mark, as a single object answers.
fn answer(plan: &Plan, count: impl Fn(&Mark) -> u64) -> Json {
    let rows = plan.marks.iter().map(|mark| Json::object([("mine", Json::uint(count(mark)))]));
    Json::array([Json::array([Json::array(rows)])])
}

static NONE: Packs = Packs { disposable: None, free: None, countries: None };

#[test]
fn an_address_is_known_by_a_keyed_hash_that_changes_every_day() {
    let config = Config::parse(CONFIG).unwrap();
    let key = |address, now| address_key(&around(&config, address, now));
    let (one, day) = (key("9.9.9.9", 0), DAY.0);
    assert_eq!(one.as_ref().map(String::len), Some(24));
    assert_eq!(one, key("9.9.9.9", day - 1));
    assert_ne!(one, key("9.9.9.9", day));
    assert_ne!(one, key("9.9.9.8", 0));
    assert_eq!(one, key("::ffff:9.9.9.9", 0));
    assert_eq!(key("2a00:1:2:3::1", 0), key("2a00:1:2:3:ffff::2", 0));
    assert_ne!(key("2a00:1:2:3::1", 0), key("2a00:1:2:4::1", 0));
    assert_eq!((key("", 0), key("nonsense", 0)), (None, None));
    assert_eq!(address_key(&Circumstances { secret: "", ..around(&config, "9.9.9.9", 0) }), None);
}

#[test]
fn no_mark_holds_an_address_a_person_or_a_text() {
    let config = Config::parse(CONFIG).unwrap();
    let words = "Please send me your catalogue and the prices of all chairs that you have in green and blue";
    let plan = plan(&around(&config, "9.9.9.9", 5), &[item(words)]);
    assert!(plan.marks.iter().any(|mark| mark.kind == MarkKind::Join));
    let texts = plan.marks.iter().flat_map(|mark| [&mark.key, &mark.who, &mark.place]);
    for text in texts {
        for personal in ["9.9.9", "b.example", "chairs"] {
            assert!(!text.contains(personal), "{text}");
        }
    }
}

#[test]
fn a_window_slides_from_one_minute_to_the_next() {
    let config = Config::parse(CONFIG).unwrap();
    for (now, before, this, waits) in [
        (60_000, 10, 0, None),
        (60_000, 10, 1, Some(60_000)),
        (90_000, 10, 5, None),
        (90_000, 10, 6, Some(30_000)),
        (119_999, 10, 10, None),
        (119_999, 0, 11, Some(1)),
    ] {
        let plan = plan(&around(&config, "9.9.9.9", now), &[item("")]);
        let found = plan.learn(
            &answer(&plan, |mark| match (mark.key.starts_with("m:"), mark.kind) {
                (true, MarkKind::Count(0)) => before,
                (true, _) => this,
                (false, _) => 0,
            }),
            1,
        );
        assert_eq!(found.wait, waits.map(Millis), "{now} {before} {this}");
    }
}

#[test]
fn a_form_has_a_limit_of_its_own_for_all_addresses_together() {
    let config = Config::parse(CONFIG).unwrap();
    let plan = plan(&around(&config, "", 0), &[item(""), item("")]);
    let counted: Vec<_> = plan.marks.iter().map(|mark| mark.key.as_str()).collect();
    assert_eq!(counted, ["f:contact:0", "f:contact:0"]);
    assert_eq!(plan.learn(&answer(&plan, |_| 10), 1).wait, None);
    assert_eq!(plan.learn(&answer(&plan, |_| 30), 1).wait, Some(Millis(60_000)));
}

#[test]
fn without_an_address_a_limit_or_a_long_text_nothing_is_asked() {
    let config = Config::parse(&CONFIG.replace("20", "0")).unwrap();
    let plan = plan(&around(&config, "", 0), &[item("Please call me"), Json::Null]);
    assert!(plan.is_idle());
    assert_eq!(plan.learn(&Json::Null, 1).seen, vec![Json::object([]), Json::object([])]);
}

#[test]
fn work_without_a_secret_stops_no_lead_and_is_told() {
    let config = Config::parse(&CONFIG.replace("\"rate\"", "\"work\":{},\"rate\"")).unwrap();
    let found = |secret| {
        let around = Circumstances { secret, ..around(&config, "", 0) };
        let plan = plan(&around, &[item("")]);
        plan.learn(&Json::Null, 1)
    };
    assert_eq!((found("").seen, found("").unanswered), (vec![Json::object([])], true));
    let [seen] = found("secret").seen.try_into().unwrap();
    let expected = r#"{"work":"missing","then":{"spam.no_work":"review"}}"#;
    assert_eq!((seen.to_text().as_str(), found("secret").unanswered), (expected, false));
}

#[test]
fn suspicion_counts_leads_and_a_part_of_the_challenges() {
    let config = Config::parse(CONFIG).unwrap();
    let plan = risk(&around(&config, "9.9.9.9", HOUR.0));
    let suspicion = |leads: u64, challenges: u64| {
        let results = answer(&plan, |mark| match mark.key.chars().next() {
            _ if mark.key.ends_with(":0") || mark.key.ends_with(":59") => 0,
            Some('h') => leads,
            Some('k') => challenges / 10,
            _ => challenges,
        });
        plan.suspicion(&results, 1)
    };
    assert_eq!([suspicion(0, 3), suspicion(7, 8), suspicion(0, 40)], [Ok(0), Ok(9), Ok(10)]);
    // The minute that begins with the hour.
    assert_eq!(suspicion(0, 410), Err(Millis(MINUTE.0)));
}

#[test]
fn tokens_are_not_kept_and_other_unknown_values_are() {
    let names = [WORK_FIELD, "cf-turnstile-response", "h-captcha-response", "g-recaptcha-response"];
    assert!(names.into_iter().all(is_token));
    assert!(!is_token("utm_source"));
}
