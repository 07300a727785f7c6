//! What every kind sends and how it takes answers; the contracts themselves are held against servers in `tests/edge`.
use super::*;
use crate::{
    config::Config,
    transfer::{sign, view},
    wire::json::parse,
};

const CONFIG: &str = r#"{"site":{"id":"shop"},"forms":{"contact":{"fields":[
    {"name":"full_name","type":"name"},{"name":"email","type":"email"},
    {"name":"ok","type":"consent","purpose":"news","text":{"en":"Write to me"}}]}}}"#;
const LEAD: &str = r#"{"id":"x","site":"shop","form":"contact@12345678","values":{"full_name":"Ada Lovelace","email":"Ada@b.example"},
    "verdict":{"grade":"A1"},"consent":[{"purpose":"news","given":true,
    "text_sha256":"9ff38b9e8c6bd9d3bbd6ce4f7ecbbfbb9a3ed6cb1ba0b3a4c7b4c2bcb0d7a6d1"}],"context":{}}"#;

/// The next move of a destination with these settings.
#[track_caller]
fn ask_with(
    settings: &str,
    env: &str,
    lead: &str,
    turn: Option<&Turn<'_>>,
) -> Result<Move, Unready> {
    let (settings, env, lead) =
        (parse(settings).unwrap(), parse(env).unwrap(), parse(lead).unwrap());
    let config = Config::parse(CONFIG).unwrap();
    let forms = config.public().forms();
    let around = Surroundings { env: &env, now: Millis(1_614_265_330_999) };
    let view = view::view(&lead, forms);
    let access = Access::read(r#"{"access_token":"a"}"#);
    let job = Job {
        kind: settings.member("type").and_then(Json::as_str).unwrap(),
        settings: &settings,
        key: "x:crm",
        lead: &lead,
        view: &view,
        received_at: Millis(1_795_325_565_676),
        forms,
        around: &around,
        access: access.as_ref(),
    };
    step(&job, turn)
}

#[track_caller]
fn ask(settings: &str, env: &str) -> Result<Move, Unready> {
    ask_with(settings, env, LEAD, None)
}

#[track_caller]
fn request(settings: &str) -> Request {
    let env = r#"{"S":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw","T":"token-us7","U":"https://a.example.com/x"}"#;
    match ask(settings, env) {
        Ok(Move::Ask(ask)) => ask.request,
        other => panic!("{other:?}"),
    }
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
}

/// What an answer means to a kind.
#[track_caller]
fn check(settings: &str, status: u16, body: &str, expected: Meaning) {
    let turn = Turn { at: "", memory: &Json::Null, answer: Answer { status, body } };
    let env = r#"{"T":"token-us7","U":"https://a.example.com/x"}"#;
    assert_eq!(
        ask_with(settings, env, LEAD, Some(&turn)),
        Ok(Move::End(expected)),
        "{settings} {status}"
    );
}

#[test]
fn a_lead_becomes_a_signed_event() {
    let request = request(
        r#"{"type":"webhook","url":{"env":"U"},"secret":{"env":"S"},"map":{"mail":{"var":"contact.email"}}}"#,
    );
    assert_eq!(
        request.body,
        r#"{"type":"lead.created","timestamp":"2026-11-22T05:32:45.676Z","data":{"id":"x","mail":"Ada@b.example"}}"#
    );
    let expected = sign::standard(
        &["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into()],
        &[],
        "x:crm",
        1_614_265_330,
        &request.body,
    );
    assert_eq!(header(&request, "webhook-signature"), expected.as_deref());
    assert_eq!(header(&request, "webhook-timestamp"), Some("1614265330"));
    assert_eq!(header(&request, "webhook-id"), Some("x:crm"));
}

#[test]
fn what_is_missing_waits_for_a_person() {
    for (settings, env) in [
        (r#"{"type":"webhook"}"#, "{}"),
        (r#"{"type":"webhook","url":{"env":"URL"}}"#, "{}"),
        (
            r#"{"type":"webhook","url":"https://a.example.com/","secret":{"env":"S"}}"#,
            r#"{"S":""}"#,
        ),
        (
            r#"{"type":"webhook","url":"https://a.example.com/","secret":{"env":"S"}}"#,
            r#"{"S":"whsec_*"}"#,
        ),
        (
            r#"{"type":"json","url":"https://a.example.com/","headers":{"X-Key":{"env":"S"}}}"#,
            r#"{"S":"a\r\nb: c"}"#,
        ),
        (
            r#"{"type":"mailchimp","list":"l","token":{"env":"T"}}"#,
            r#"{"T":"token-evil.example/"}"#,
        ),
        (r#"{"type":"fax"}"#, "{}"),
    ] {
        assert_eq!(ask(settings, env), Err(Unready::Setting), "{settings}");
    }
}

#[test]
fn a_private_address_is_refused_unless_the_environment_allows_it() {
    let settings = r#"{"type":"webhook","url":"http://127.0.0.1:4001/"}"#;
    assert_eq!(ask(settings, "{}"), Err(Unready::Address));
    assert!(
        matches!(ask(settings, r#"{"LEADKIT_ALLOW_PRIVATE":"1"}"#), Ok(Move::Ask(ask)) if ask.request.private)
    );
}

#[test]
fn an_event_goes_whole_or_with_its_attributes_in_headers() {
    let whole = request(r#"{"type":"cloudevents","url":{"env":"U"},"map":{"n":1}}"#);
    assert_eq!(
        whole.body,
        r#"{"specversion":"1.0","id":"x:crm","source":"/leadkit/shop","type":"lead.created","subject":"x","time":"2026-11-22T05:32:45.676Z","datacontenttype":"application/json","data":{"id":"x","n":1}}"#
    );
    let binary =
        request(r#"{"type":"cloudevents","url":{"env":"U"},"mode":"binary","source":"/ä b%"}"#);
    assert_eq!(header(&binary, "ce-source"), Some("/%C3%A4%20b%25"));
    assert_eq!(header(&binary, "content-type"), Some("application/json"));
}

#[test]
fn a_template_and_headers_of_ones_own_make_any_request() {
    let request = request(
        r#"{"type":"json","url":{"env":"U"},"method":"PUT","headers":{"X-Key":{"env":"T"},"Content-Type":"application/vnd.api+json"},
        "body":{"who":{"first":{"var":"contact.first_name"}},"yes":{"var":"consent.news"}}}"#,
    );
    assert_eq!(
        (request.method, request.body.as_str()),
        ("PUT", r#"{"who":{"first":"Ada"},"yes":true}"#)
    );
    let text = crate::wire::step::Effect::Fetch(request).into_json().to_text();
    assert!(
        text.contains(r#"["content-type","application/vnd.api+json"]"#)
            && text.contains(r#"["x-key","token-us7"]"#)
    );
}

#[test]
fn what_a_visitor_typed_is_neither_markup_nor_a_recipient() {
    let evil = LEAD.replace("Ada Lovelace", "<!channel> *[x](http://e.example)*\\u000a@everyone");
    let body = |settings: &str| match ask_with(settings, r#"{"T":"t"}"#, &evil, None) {
        Ok(Move::Ask(ask)) => ask.request.body,
        other => panic!("{other:?}"),
    };
    assert!(
        body(r#"{"type":"slack","url":"https://a.example.com/"}"#).contains("&lt;!channel&gt;")
    );
    let discord = body(r#"{"type":"discord","url":"https://a.example.com/"}"#);
    assert!(
        discord.contains(r"\\[x\\]\\(http")
            && discord.contains(r#""allowed_mentions":{"parse":[]}"#),
        "{discord}"
    );
    let mail = r#"{"type":"mail","service":"postmark","token":{"env":"T"},"from":"a@shop.example","to":{"var":"contact.email"}}"#;
    assert!(
        body(mail)
            .contains(r#""Subject":"New lead: <!channel> *[x](http://e.example)* @everyone""#)
    );
    let many = LEAD.replace("Ada@b.example", "a@b.example,c@d.example");
    assert_eq!(ask_with(mail, r#"{"T":"t"}"#, &many, None), Ok(Move::Unfit("recipient_missing")));
}

#[test]
fn each_kind_has_its_own_table_of_answers() {
    let hubspot = r#"{"type":"hubspot","token":{"env":"T"}}"#;
    check(hubspot, 200, "{}", Meaning::Done);
    check(hubspot, 207, "{}", Meaning::Refused);
    check(hubspot, 429, "", Meaning::Retry);
    check(r#"{"type":"json","url":{"env":"U"}}"#, 404, "", Meaning::Denied);
    check(r#"{"type":"webhook","url":{"env":"U"}}"#, 404, "", Meaning::Refused);
    check(r#"{"type":"brevo","token":{"env":"T"}}"#, 402, "{}", Meaning::Denied);
    check(r#"{"type":"discord","url":{"env":"U"}}"#, 404, "", Meaning::Gone);
    check(r#"{"type":"slack","url":{"env":"U"}}"#, 410, "channel_is_archived", Meaning::Gone);
    let mail = r#"{"type":"mail","service":"resend","token":{"env":"T"},"from":"a@b.example","to":"c@d.example"}"#;
    check(mail, 409, r#"{"name":"concurrent_idempotent_requests"}"#, Meaning::Retry);
    let brevo = mail.replace("resend", "brevo");
    check(&brevo, 400, r#"{"code":"duplicate_request"}"#, Meaning::Done);
    check(&brevo, 400, r#"{"code":"invalid_parameter"}"#, Meaning::Refused);
    check(mail, 409, r#"{"name":"invalid_idempotent_request"}"#, Meaning::Refused);
    let salesforce =
        r#"{"type":"salesforce","url":{"env":"U"},"client_id":"a","client_secret":{"env":"T"}}"#;
    check(salesforce, 200, r#"[{"success":true}]"#, Meaning::Done);
    check(
        salesforce,
        200,
        r#"[{"success":false,"errors":[{"statusCode":"UNABLE_TO_LOCK_ROW"}]}]"#,
        Meaning::Retry,
    );
    check(
        salesforce,
        200,
        r#"[{"success":false,"errors":[{"statusCode":"INVALID_EMAIL_ADDRESS"}]}]"#,
        Meaning::Refused,
    );
    check(salesforce, 403, r#"[{"errorCode":"REQUEST_LIMIT_EXCEEDED"}]"#, Meaning::Retry);
    check(salesforce, 403, "[]", Meaning::Denied);
}

#[test]
fn a_machine_of_several_requests_goes_on_from_answer_to_answer() {
    let settings = r#"{"type":"pipedrive","token":{"env":"T"}}"#;
    let next = |at: &str, memory: Json, body: &str| {
        let turn = Turn { at, memory: &memory, answer: Answer { status: 200, body } };
        match ask_with(settings, r#"{"T":"t"}"#, LEAD, Some(&turn)) {
            Ok(Move::Ask(ask)) => (ask.at, ask.request.method, ask.request.body),
            Ok(Move::End(meaning)) => {
                (if meaning == Meaning::Done { "end" } else { "fault" }, "", String::new())
            }
            other => panic!("{other:?}"),
        }
    };
    let person = r#"{"name":"Ada Lovelace","emails":[{"value":"Ada@b.example","primary":true,"label":"work"}]}"#;
    assert_eq!(
        next("searched", Json::Null, r#"{"data":{"items":[]}}"#),
        ("made", "POST", person.into())
    );
    let found = r#"{"data":{"items":[{"item":{"id":9007199254740993}}]}}"#;
    assert_eq!(next("searched", Json::Null, found), ("listed", "GET", String::new()));
    let lead = r#"{"title":"Ada Lovelace, contact","person_id":9007199254740993,"origin_id":"x"}"#;
    let id = Json::uint(9_007_199_254_740_993);
    assert_eq!(next("listed", id.clone(), r#"{"data":[]}"#), ("done", "POST", lead.into()));
    assert_eq!(next("listed", id, r#"{"data":[{"origin_id":"x"}]}"#), ("end", "", String::new()));
    assert_eq!(next("made", Json::Null, "{}"), ("fault", "", String::new()));
}

#[test]
fn a_token_that_must_be_asked_for_is_asked_for_as_the_standard_says() {
    let settings = parse(
        r#"{"type":"json","url":"https://a.example.com/","token_url":"https://login.example.com/token",
        "client_id":"us & them","client_secret":{"env":"T"},"refresh_token":{"env":"R"}}"#,
    )
    .unwrap();
    let ask = |env: &str, refresh: Option<&str>| {
        let env = parse(env).unwrap();
        let around = Surroundings { env: &env, now: Millis(0) };
        let (lead, view) = (Json::Null, Json::Null);
        let job = Job {
            kind: "json",
            settings: &settings,
            key: "x:crm",
            lead: &lead,
            view: &view,
            received_at: Millis(0),
            forms: &[],
            around: &around,
            access: None,
        };
        assert_eq!(step(&job, None), Err(Unready::Token));
        grant(&job, refresh).map(|request| (request.url, request.body))
    };
    let env = r#"{"T":"s","R":"r1","LEADKIT_SECRET":"k"}"#;
    let body = "grant_type=refresh_token&client_id=us%20%26%20them&client_secret=s&refresh_token=";
    let url = String::from("https://login.example.com/token");
    assert_eq!(ask(env, None), Ok((url.clone(), [body, "r1"].concat())));
    assert_eq!(ask(env, Some("r/2")), Ok((url, [body, "r%2F2"].concat())));
    assert_eq!(ask(r#"{"T":"s","R":"r1"}"#, None), Err(Unready::Seal));
    assert_eq!(ask(r#"{"T":"s","LEADKIT_SECRET":"k"}"#, None), Err(Unready::Setting));
}
