//! What platforms send and what becomes of it. Signatures are made here as the platforms document them.
use super::*;
use crate::{config::Config, wire::json::parse};

const CONFIG: &str = r#"{"site":{"id":"shop"},"forms":{"ads":{"fields":[
    {"name":"name","type":"name"},{"name":"email","type":"email","required":true},{"name":"telefon","type":"text"},
    {"name":"budget","type":"text"},{"name":"ok","type":"consent","purpose":"contact","text":"Yes"}]}}}"#;
const NOW: Millis = Millis(1_614_265_330_000);
const ENV: &str = r#"{"S":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw","A":"app secret","V":"verify","T":"page token","K":"key"}"#;

#[track_caller]
fn taken(
    settings: &str,
    method: &str,
    query: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Result<Taken, Refusal> {
    let (settings, env) = (parse(settings).unwrap(), parse(ENV).unwrap());
    let kind = settings.member("type").and_then(Json::as_str).unwrap();
    let source = Source { name: "in", kind, settings: &settings, env: &env };
    let pair = |(name, value): &(&str, &str)| (String::from(*name), String::from(*value));
    let query: Vec<_> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
    let incoming = Incoming {
        method,
        query: &query.iter().map(pair).collect::<Vec<_>>(),
        headers: &headers.iter().map(pair).collect::<Vec<_>>(),
        body: body.as_bytes(),
        now: NOW,
    };
    take(&source, &incoming)
}

/// The item of the one lead of a request.
#[track_caller]
fn made(settings: &str, arrival: &Arrival) -> Json {
    let (settings, env) = (parse(settings).unwrap(), Json::Null);
    let kind = settings.member("type").and_then(Json::as_str).unwrap();
    let config = Config::parse(CONFIG).unwrap();
    let source = Source { name: "in", kind, settings: &settings, env: &env };
    item("shop", &source, config.public().form("ads").unwrap(), arrival, NOW)
}

#[track_caller]
fn one(taken: Result<Taken, Refusal>) -> Arrival {
    match taken {
        Ok(Taken::Leads(mut leads)) if leads.len() == 1 => leads.remove(0),
        other => panic!("{other:?}"),
    }
}

const WEBHOOK: &str = r#"{"type":"webhook","secret":{"env":"S"}}"#;
const BODY: &str = r#"{"type":"lead","data":{"Name":"Ada","e_mail":"a@b.example","PHONE_NUMBER":"030 1","colour":"red","ok":true}}"#;

fn signed(id: &str, at: &str, body: &str) -> Result<Taken, Refusal> {
    let signature = signature::webhook(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "m",
        1_614_265_330,
        BODY.as_bytes(),
    );
    let signature = format!("v2,x {}", signature.unwrap());
    let headers =
        [("webhook-id", id), ("webhook-timestamp", at), ("webhook-signature", signature.as_str())];
    taken(WEBHOOK, "POST", "", &headers, body)
}

#[test]
fn a_signed_webhook_fills_the_form_by_what_its_names_mean() {
    let item = made(WEBHOOK, &one(signed("m", "1614265330", BODY)));
    // A box is ticked under its own name alone, never because another name looks like it.
    assert_eq!(
        item.member("data").unwrap().to_text(),
        r#"{"name":"Ada","email":"a@b.example","telefon":"030 1","ok":true,"colour":"red"}"#
    );
    assert_eq!(
        item.member("ctx").unwrap().to_text(),
        r#"{"channel":"webhook","source":{"name":"in","type":"webhook","id":"m"}}"#
    );
}

#[test]
fn what_was_not_signed_or_not_now_is_refused() {
    assert_eq!(signed("n", "1614265330", BODY), Err(Refusal::Signature));
    assert_eq!(signed("m", "1614265331", BODY), Err(Refusal::Signature));
    assert_eq!(signed("m", "1614265330", "{}"), Err(Refusal::Signature));
    assert_eq!(signed("m", "1614200000", BODY), Err(Refusal::Signature));
    assert_eq!(signed("m", "yesterday", BODY), Err(Refusal::Signature));
    assert_eq!(taken(WEBHOOK, "POST", "", &[], BODY), Err(Refusal::Signature));
    assert_eq!(taken(WEBHOOK, "GET", "", &[], ""), Err(Refusal::Method));
}

#[test]
fn a_body_signed_by_a_header_is_known_by_the_id_that_the_owner_names() {
    let settings = r#"{"type":"hmac","secret":{"env":"A"},"header":"X-Signature","prefix":"sha256=","id":"entry.id"}"#;
    let body = r#"{"entry":{"id":9007199254740993},"email":"a@b.example"}"#;
    let mac = signature::hex(&signature::keyed(b"app secret", body.as_bytes()));
    let send = |signature: &str| taken(settings, "POST", "", &[("x-signature", signature)], body);
    assert_eq!(one(send(&format!("sha256={mac}"))).id, "9007199254740993");
    assert_eq!(send(&mac), Err(Refusal::Signature));
    assert_eq!(send("sha256="), Err(Refusal::Signature));
}

const META: &str = r#"{"type":"meta","secret":{"env":"A"},"verify_token":{"env":"V"},"token":{"env":"T"},"map":{"ok":{"==":[{"var":"custom_disclaimer_responses.0.is_checked"},"1"]}}}"#;

#[test]
fn meta_sees_that_the_address_is_ours() {
    let query = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=";
    assert_eq!(
        taken(META, "GET", &format!("{query}verify"), &[], ""),
        Ok(Taken::Verified("1158201444".into()))
    );
    assert_eq!(taken(META, "GET", &format!("{query}other"), &[], ""), Err(Refusal::Signature));
    let evil = "hub.mode=subscribe&hub.verify_token=verify&hub.challenge=<script>";
    assert_eq!(taken(META, "GET", evil, &[], ""), Err(Refusal::Unreadable));
}

#[test]
fn a_lead_of_meta_is_asked_for_and_keeps_where_it_came_from() {
    let body = r#"{"object":"page","entry":[{"id":"1","time":1,"changes":[{"field":"leadgen","value":
        {"leadgen_id":444444444444444444,"page_id":"1","form_id":"2","created_time":1614265000}},{"field":"feed","value":{}}]}]}"#;
    let mac = signature::hex(&signature::keyed(b"app secret", body.as_bytes()));
    let header = format!("sha256={mac}");
    let send = |header: &str, body: &str| {
        taken(META, "POST", "", &[("x-hub-signature-256", header)], body)
    };
    assert_eq!(send(&header, "{}"), Err(Refusal::Signature));
    let Ok(Taken::Ask(questions)) = send(&header, body) else { panic!() };
    let [question] = questions.as_slice() else { panic!() };
    assert!(
        question
            .request
            .url
            .starts_with("https://graph.facebook.com/v26.0/444444444444444444?fields=id,")
    );
    assert_eq!(
        question.request.headers.first().map(|(_, value)| value.as_str()),
        Some("Bearer page token")
    );
    let settings = parse(META).unwrap();
    let source = Source { name: "in", kind: "meta", settings: &settings, env: &Json::Null };
    let answer = |status: u64, body: &str| {
        Json::object([("status", Json::uint(status)), ("body", Json::str(body))])
    };
    let lead = r#"{"id":"444444444444444444","campaign_id":"7","custom_disclaimer_responses":[{"checkbox_key":"a","is_checked":"1"}],
        "field_data":[{"name":"full_name","values":["Ada Lovelace"]},{"name":"email","values":["a@b.example"]},{"name":"budget","values":["1","2"]}]}"#;
    let arrival = fetched(&source, &question.notice, &answer(200, lead)).unwrap();
    let item = made(META, &arrival);
    assert_eq!(
        item.member("data").unwrap().to_text(),
        r#"{"name":"Ada Lovelace","email":"a@b.example","budget":["1","2"],"ok":true}"#
    );
    assert_eq!(item.member("at").and_then(Json::as_uint), Some(1_614_265_000_000));
    let text = item.member("ctx").unwrap().to_text();
    assert!(text.contains(r#""form_id":"2""#) && text.contains(r#""campaign_id":"7""#), "{text}");
    // A refused token is a reason to come again, a lead that is gone is not.
    assert_eq!(fetched(&source, &question.notice, &answer(400, r#"{"error":{"code":190}}"#)), None);
    assert_eq!(fetched(&source, &question.notice, &answer(500, "")), None);
    let gone =
        fetched(&source, &question.notice, &answer(400, r#"{"error":{"code":100}}"#)).unwrap();
    assert_eq!(gone.named, []);
}

const GOOGLE: &str = r#"{"type":"google","key":{"env":"K"},"channel":"search_ad"}"#;

#[test]
fn a_lead_of_google_is_taken_with_its_key_and_a_test_is_marked() {
    let body = r#"{"lead_id":"abc","form_id":4000000000,"campaign_id":"1","google_key":"key","is_test":true,
        "user_column_data":[{"column_id":"FULL_NAME","string_value":"Ada"},{"column_id":"EMAIL","string_value":"a@b.example"}]}"#;
    let arrival = one(taken(GOOGLE, "POST", "", &[], body));
    assert!(arrival.test);
    let first = made(GOOGLE, &arrival);
    assert_eq!(first, made(GOOGLE, &one(taken(GOOGLE, "POST", "", &[], body))));
    assert_eq!(
        first.member("ctx").unwrap().to_text(),
        r#"{"channel":"search_ad","source":{"name":"in","type":"google","id":"abc","form_id":"4000000000","campaign_id":"1"},"test":true}"#
    );
    let other = body.replace("\"key\"", "\"kee\"");
    assert_eq!(taken(GOOGLE, "POST", "", &[], &other), Err(Refusal::Signature));
    assert_eq!(taken(GOOGLE, "POST", "", &[], "{"), Err(Refusal::Unreadable));
}
