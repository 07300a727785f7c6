//! Tokens that end: access tokens of OAuth 2.0 (RFC 6749), and the refresh tokens that a platform replaces.
//!
//! How a kind of destination uses it:
//! 1. Its arm in `destinations::grant` gives the request for a new token: `job.refreshing(url)` with the settings
//!    `client_id`, `client_secret` and `refresh_token`, `job.client_credentials(url)` with the first two, or
//!    `job.granting(url, body)` with a body of its own, such as a signed assertion.
//! 2. Its machine calls `job.access()?` wherever it needs the token, and reads [`Access::token`], or with
//!    [`Access::member`] whatever else the platform said with it, such as `instance_url` or `api_domain`.
//! 3. A platform that says with another status than 401 that a token has ended: the machine answers `Move::Renew`.
//!
//! All else is done by the engine: it keeps the answer of the platform, sealed, for the whole site, asks anew shortly before
//! the token ends or once after a 401, lets only one of many attempts ask at a time, and keeps a refresh token that was
//! replaced. A machine is started from its beginning when its token came.
//!
//! Sealed with XChaCha20-Poly1305 by a key from the environment, `LEADKIT_SEAL_KEY` or else `LEADKIT_SECRET`. Without either
//! nothing is stored: every attempt asks for a token, and a kind that needs a refresh token is not ready. A key that was
//! changed makes what is stored unreadable, and the one of the settings counts again.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use chacha20poly1305::{
    XChaCha20Poly1305,
    aead::{Aead, KeyInit, Payload},
};

use super::{destinations::Surroundings, statement::Scope};
use crate::{
    time::Millis,
    wire::{
        json::{self, Json},
        signature,
        step::{Statement, millis},
    },
};

/// A token is not used for the last part of its life.
const MARGIN: Millis = Millis::from_secs(60);
/// How long a token is used whose platform does not say how long it lives, unless it is refused before.
const USUAL: u64 = 3600;
/// How long one attempt alone may ask for a token. Longer than the request may take.
pub const BUSY: Millis = Millis::from_secs(20);
/// How long an attempt waits while another one asks.
pub const PATIENCE: Millis = Millis::from_secs(2);
/// The bytes of a nonce.
const NONCE: usize = 24;
/// The settings that tell one grant from another. If one of them is changed, what was stored is not used any more.
const BASIS: [&str; 5] = ["url", "client_id", "client_secret", "refresh_token", "key"];

/// What a platform answered when it gave a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access(Json);

impl Access {
    /// Reads the answer of a token endpoint; `None` if there is no token in it.
    pub fn read(body: &str) -> Option<Self> {
        let answer = json::parse(body).ok()?;
        let token = answer.member("access_token").and_then(Json::as_str)?;
        // A token with a line end would be a header of its own.
        let fits = !token.is_empty() && token.bytes().all(|byte| (b'!'..=b'~').contains(&byte));
        fits.then_some(Self(answer))
    }

    /// The access token.
    pub fn token(&self) -> &str {
        self.member("access_token").unwrap_or_default()
    }

    /// Another text of the answer, such as `refresh_token` or `api_domain`.
    pub fn member(&self, key: &str) -> Option<&str> {
        self.0.member(key).and_then(Json::as_str)
    }

    /// The token as it is told from others without being known.
    pub fn mark(&self) -> String {
        mark(self.token())
    }

    /// Keeps the refresh token of before, unless the platform gave another.
    #[must_use]
    pub fn after(mut self, before: Option<&str>) -> Self {
        if let Some(before) = before.filter(|_| self.member("refresh_token").is_none()) {
            self.0.set("refresh_token", Json::str(before));
        }
        self
    }

    /// The answer as text.
    pub fn to_text(&self) -> String {
        self.0.to_text()
    }

    fn ends(&self, now: Millis) -> Millis {
        let life = self.0.member("expires_in");
        let life = life.and_then(Json::as_uint).or_else(|| life?.as_str()?.parse().ok());
        now.saturating_add(Millis::from_secs(life.unwrap_or(USUAL).min(USUAL * 24)))
    }
}

fn mark(token: &str) -> String {
    let digest = signature::hex(&signature::digest(token.as_bytes()));
    digest.get(..16).unwrap_or_default().to_owned()
}

/// Whose token it is: that of a destination of a site, under the settings of today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    site: String,
    destination: String,
    basis: String,
    key: [u8; 32],
}

impl Owner {
    /// The owner of the token of a lane, whose operations share it. `None` without a key to seal with.
    pub fn new(
        scope: &Scope,
        lane: &str,
        settings: &Json,
        around: &Surroundings<'_>,
    ) -> Option<Self> {
        let key = around.seal_key()?;
        let mut basis = String::new();
        for name in BASIS {
            basis.push_str(&around.setting(settings, name).ok().flatten().unwrap_or_default());
            basis.push('\n');
        }
        Some(Self {
            site: scope.site.clone(),
            destination: lane.split('.').next().unwrap_or_default().to_owned(),
            basis: mark(&basis),
            key: signature::keyed(key.as_bytes(), b"leadkit seal v1"),
        })
    }

    fn args(&self) -> Vec<Json> {
        Vec::from([Json::str(&self.site), Json::str(&self.destination)])
    }

    fn bound(&self) -> String {
        [self.site.as_str(), "/", &self.destination, "/", &self.basis].concat()
    }

    /// Seals a text. The nonce is a keyed hash of the text, so that the same nonce never meets two texts.
    pub fn seal(&self, text: &str) -> Option<String> {
        let bound = self.bound();
        let hashed = [bound.as_bytes(), b"\n", text.as_bytes()].concat();
        let nonce = signature::keyed(&self.key, &hashed);
        let nonce = nonce.get(..NONCE)?;
        let payload = Payload { msg: text.as_bytes(), aad: bound.as_bytes() };
        let sealed = self.cipher()?.encrypt(nonce.try_into().ok()?, payload).ok()?;
        let mut out = String::new();
        signature::encode(&[nonce, sealed.as_slice()].concat(), &mut out);
        Some(out)
    }

    /// Opens what was sealed under the same key, for the same owner.
    pub fn open(&self, text: &str) -> Option<String> {
        let bytes = signature::decode(text)?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
        let bound = self.bound();
        let payload = Payload { msg: sealed, aad: bound.as_bytes() };
        let open = self.cipher()?.decrypt(nonce.try_into().ok()?, payload).ok()?;
        String::from_utf8(open).ok()
    }

    fn cipher(&self) -> Option<XChaCha20Poly1305> {
        XChaCha20Poly1305::new_from_slice(&self.key).ok()
    }

    /// Reads what is kept, and takes the right to ask anew if it ends soon, or is the one that was refused.
    pub fn look(&self, who: &str, refused: &str, now: Millis) -> Vec<Statement> {
        let with = |more: &[Json]| [self.args().as_slice(), more].concat();
        [
            Statement::new(
                "INSERT INTO access(site,shard,destination,expires,busy_until) VALUES(?1,0,?2,0,0) ON CONFLICT DO NOTHING",
                self.args(),
            ),
            Statement::new(
                "UPDATE access SET busy=?3, busy_until=?5 WHERE site=?1 AND shard=0 AND destination=?2 AND busy_until<=?4 \
                 AND (expires<=?6 OR mark=?7 OR basis<>?8)",
                with(&[
                    Json::str(who),
                    millis(now),
                    millis(now.saturating_add(BUSY)),
                    millis(now.saturating_add(MARGIN)),
                    Json::str(refused),
                    Json::str(&self.basis),
                ]),
            ),
            Statement::new(
                "SELECT sealed, busy=?3 AS mine, expires>?4 AND mark<>?5 AND basis=?6 AS fresh FROM access \
                 WHERE site=?1 AND shard=0 AND destination=?2",
                with(&[
                    Json::str(who),
                    millis(now.saturating_add(MARGIN)),
                    Json::str(refused),
                    Json::str(&self.basis),
                ]),
            ),
        ]
        .into()
    }

    /// Keeps a token and gives the right to ask back. `None` if it cannot be sealed.
    pub fn keep(&self, access: &Access, now: Millis) -> Option<Statement> {
        let mut args = self.args();
        args.extend([
            Json::String(self.seal(&access.to_text())?),
            Json::String(access.mark()),
            Json::str(&self.basis),
            millis(access.ends(now)),
        ]);
        Some(Statement::new(
            "UPDATE access SET sealed=?3, mark=?4, basis=?5, expires=?6, busy=NULL, busy_until=0 \
             WHERE site=?1 AND shard=0 AND destination=?2",
            args,
        ))
    }

    /// Gives the right to ask back after an answer without a token.
    pub fn give_back(&self, who: &str) -> Statement {
        let mut args = self.args();
        args.push(Json::str(who));
        Statement::new(
            "UPDATE access SET busy=NULL, busy_until=0 WHERE site=?1 AND shard=0 AND destination=?2 AND busy=?3",
            args,
        )
    }

    /// What the rows of [`Owner::look`] tell.
    pub fn found(&self, rows: &Json) -> Found {
        let row = rows.as_array().and_then(<[Json]>::last).and_then(Json::as_array);
        let row = row.and_then(<[Json]>::first).unwrap_or(&Json::Null);
        let yes = |key| row.member(key).and_then(Json::as_uint) == Some(1);
        let sealed = row.member("sealed").and_then(Json::as_str);
        let access = sealed.and_then(|sealed| Access::read(&self.open(sealed)?));
        match access {
            Some(access) if yes("fresh") => Found::Fresh(access),
            access if yes("mine") || yes("fresh") => Found::Ended(access),
            _ => Found::Busy,
        }
    }
}

/// What is known of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It can be used.
    Fresh(Access),
    /// Another is needed, and this attempt may ask for it; perhaps with the refresh token of the one before.
    Ended(Option<Access>),
    /// Another attempt is asking.
    Busy,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(site: &str, settings: &str, secret: &str) -> Option<Owner> {
        let scope = Scope { site: site.into(), object: 0, objects: 1 };
        let env = Json::object([("LEADKIT_SEAL_KEY", Json::str(secret)), ("R", Json::str("r1"))]);
        let around = Surroundings { env: &env, now: Millis(0) };
        Owner::new(&scope, "crm.stage.won", &json::parse(settings).unwrap(), &around)
    }

    const SETTINGS: &str = r#"{"client_id":"c","refresh_token":{"env":"R"}}"#;

    #[test]
    fn what_is_sealed_opens_for_its_owner_alone() {
        let own = owner("shop", SETTINGS, "key").unwrap();
        let sealed = own.seal("secret words").unwrap();
        assert!(!sealed.contains("secret"));
        assert_eq!(own.open(&sealed).as_deref(), Some("secret words"));
        for other in [
            owner("other", SETTINGS, "key").unwrap(),
            owner("shop", r#"{"client_id":"other","refresh_token":{"env":"R"}}"#, "key").unwrap(),
            owner("shop", SETTINGS, "other key").unwrap(),
        ] {
            assert_eq!(other.open(&sealed), None);
        }
        assert_eq!(own.open(""), None);
        assert_eq!(own.open(sealed.get(..40).unwrap()), None);
        assert_eq!(owner("shop", SETTINGS, ""), None);
    }

    #[test]
    fn the_same_text_is_sealed_alike_and_others_share_no_beginning() {
        let own = owner("shop", SETTINGS, "key").unwrap();
        assert_eq!(own.seal("a"), own.seal("a"));
        assert_ne!(own.seal("aa").unwrap().get(..32), own.seal("ab").unwrap().get(..32));
    }

    #[test]
    fn an_answer_without_a_token_is_none() {
        for body in [
            "",
            "[]",
            "{}",
            r#"{"access_token":""}"#,
            r#"{"access_token":"a\r\nb"}"#,
            r#"{"error":"x"}"#,
        ] {
            assert_eq!(Access::read(body), None, "{body}");
        }
        let access = Access::read(r#"{"access_token":"a","expires_in":"30"}"#).unwrap();
        assert_eq!(access.ends(Millis(5)), Millis(30_005));
        let access = Access::read(r#"{"access_token":"a","api_domain":"d"}"#).unwrap();
        assert_eq!((access.token(), access.member("api_domain")), ("a", Some("d")));
        assert_eq!(access.ends(Millis(0)), Millis(3_600_000));
        let later = access.after(Some("r1"));
        assert_eq!(later.member("refresh_token"), Some("r1"));
        let rotated = Access::read(r#"{"access_token":"a","refresh_token":"r2"}"#).unwrap();
        assert_eq!(rotated.after(Some("r1")).member("refresh_token"), Some("r2"));
    }

    #[test]
    fn who_may_not_ask_waits_for_the_one_who_does() {
        let own = owner("shop", SETTINGS, "key").unwrap();
        let sealed = own.seal(r#"{"access_token":"a","refresh_token":"r2"}"#).unwrap();
        let rows = |mine, fresh| {
            let row = Json::object([
                ("sealed", Json::str(&sealed)),
                ("mine", Json::uint(mine)),
                ("fresh", Json::uint(fresh)),
            ]);
            Json::array([Json::Null, Json::array([row])])
        };
        assert!(matches!(own.found(&rows(0, 1)), Found::Fresh(access) if access.token() == "a"));
        assert!(
            matches!(own.found(&rows(1, 0)), Found::Ended(Some(access)) if access.member("refresh_token") == Some("r2"))
        );
        assert_eq!(own.found(&rows(0, 0)), Found::Busy);
        assert_eq!(own.found(&Json::Null), Found::Busy);
    }
}
