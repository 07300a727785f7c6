//! What a kind of destination asks of its job: settings, values, tokens and requests.

use alloc::{format, string::String, vec::Vec};

use super::{ANSWER, GRANT_TIMEOUT, Job, TIMEOUT, Unready, encoded};
use crate::{
    lead::Operation,
    time::Millis,
    transfer::{access::Access, sign, view},
    wire::{json::Json, step::Request},
};

impl Job<'_> {
    pub(super) fn setting(&self, key: &str) -> Result<Option<String>, Unready> {
        self.around.setting(self.settings, key)
    }

    pub(super) fn needed(&self, key: &str) -> Result<String, Unready> {
        self.setting(key)?.filter(|value| !value.is_empty()).ok_or(Unready::Setting)
    }

    /// The token that [`grant`] asks for.
    ///
    /// # Errors
    /// There is none yet: the engine gets one and begins again.
    pub(super) fn access(&self) -> Result<&Access, Unready> {
        self.access.ok_or(Unready::Token)
    }

    /// The token of the settings, or the one that is got with `refresh_token`.
    ///
    /// # Errors
    /// There is neither.
    pub(super) fn bearer(&self) -> Result<String, Unready> {
        match self.setting("token")? {
            Some(token) => Ok(token),
            None if self.settings.member("refresh_token").is_none() => Err(Unready::Setting),
            None => Ok(self.access()?.token().into()),
        }
    }

    /// Asks for a token with `client_id` and `client_secret` (RFC 6749, section 4.4).
    pub(super) fn client_credentials(&self, url: String) -> Result<Request, Unready> {
        let login = sign::basic(&self.needed("client_id")?, &self.needed("client_secret")?);
        let mut request = self.granting(url, "grant_type=client_credentials".into());
        request.headers.push(("authorization", login));
        Ok(request)
    }

    /// Asks for a token with a refresh token, the one of the settings unless the platform has replaced it (RFC 6749,
    /// section 6), with `client_id` and `client_secret` in the body.
    pub(super) fn refreshing(
        &self,
        url: String,
        refresh: Option<&str>,
    ) -> Result<Request, Unready> {
        // What the platform replaces could not be kept, and the next attempt would have nothing to ask with.
        self.around.seal_key().ok_or(Unready::Seal)?;
        let token =
            refresh.map_or_else(|| self.needed("refresh_token"), |token| Ok(token.into()))?;
        let mut body = String::from("grant_type=refresh_token");
        for (name, value) in [
            ("client_id", self.needed("client_id")?),
            ("client_secret", self.needed("client_secret")?),
            ("refresh_token", token),
        ] {
            body.push_str(&["&", name, "=", &encoded(&value)].concat());
        }
        Ok(self.granting(url, body))
    }

    /// What is to be done, which the key tells: it is the id of the lead and the lane.
    pub(super) fn operation(&self) -> Operation<'_> {
        let lane = self.key.split_once(':').map(|(_, lane)| lane).unwrap_or_default();
        Operation::of(lane).1
    }

    /// The row of the stage that is told of: its name, what it stands for, when it was set, what it is worth.
    pub(super) fn stage(&self) -> Option<&Json> {
        let Operation::Stage(name) = self.operation() else { return None };
        let rows = self.lead.member("stages").and_then(Json::as_array)?;
        rows.iter().find(|row| row.member("name").and_then(Json::as_str) == Some(name))
    }

    /// The type of the event, and when it happened; the same for every attempt.
    pub(super) fn event(&self) -> (&'static str, Millis) {
        let at = self.stage().and_then(|row| row.member("at")).and_then(Json::as_uint);
        match self.operation() {
            Operation::Lead => ("lead.created", self.received_at),
            Operation::Stage(_) => ("lead.stage", at.map_or(self.received_at, Millis)),
            Operation::Remove => ("lead.removed", self.received_at),
        }
    }

    /// Asks for a token with a body of ones own, such as an assertion (RFC 7523).
    pub(super) fn granting(&self, url: String, body: String) -> Request {
        let headers = [("accept", "application/json".into())];
        let form = "application/x-www-form-urlencoded";
        Request {
            timeout: GRANT_TIMEOUT,
            ..self.send_text("POST", url, headers.into(), form, body)
        }
    }

    /// The address of the API without a slash at its end: that of the provider, unless the owner gave another.
    pub(super) fn base(&self, provider: &str) -> Result<String, Unready> {
        let own = self.setting("url")?;
        Ok(own.as_deref().unwrap_or(provider).trim_end_matches('/').into())
    }

    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.settings.member(key).and_then(Json::as_str)
    }

    pub(super) fn at(&self, path: &str) -> &Json {
        view::at(self.view, path)
    }

    pub(super) fn word(&self, path: &str) -> &str {
        self.at(path).as_str().unwrap_or_default()
    }

    pub(super) fn mapped(&self, defaults: &[(&str, &str)]) -> Vec<(String, Json)> {
        view::mapped(self.settings, defaults, self.view)
    }

    /// The link to the lead in the Inbox, where the settings say where that is.
    pub(super) fn link(&self) -> Option<String> {
        let base = self.text("inbox")?.trim_end_matches('/');
        Some(format!("{base}#/{}/{}", self.word("site"), self.word("id")))
    }

    /// A request with a JSON body.
    pub(super) fn send(
        &self,
        method: &'static str,
        url: String,
        headers: Vec<(&'static str, String)>,
        body: &Json,
    ) -> Request {
        self.send_text(method, url, headers, "application/json", body.to_text())
    }

    pub(super) fn send_text(
        &self,
        method: &'static str,
        url: String,
        mut headers: Vec<(&'static str, String)>,
        content_type: &str,
        body: String,
    ) -> Request {
        if method != "GET" {
            headers.insert(0, ("content-type", content_type.into()));
        }
        headers.push(("user-agent", "leadkit".into()));
        let private = self.around.private();
        Request {
            method,
            url,
            headers,
            extra: Vec::new(),
            body,
            timeout: TIMEOUT,
            most: ANSWER,
            private,
        }
    }

    /// Signs by Standard Webhooks with the keys that the settings name, and adds the bearer token.
    pub(super) fn sign(&self, request: &mut Request) -> Result<(), Unready> {
        self.sign_as(self.key, request)
    }

    /// The same with another id.
    pub(super) fn sign_as(&self, id: &str, request: &mut Request) -> Result<(), Unready> {
        let several = |keys: &[&str]| -> Result<Vec<String>, Unready> {
            let found: Result<Vec<_>, _> = keys.iter().map(|key| self.setting(key)).collect();
            Ok(found?.into_iter().flatten().collect())
        };
        let secrets = several(&["secret", "previous_secret"])?;
        let keys = several(&["signing_key"])?;
        let secs = self.around.now.as_secs();
        request.headers.push(("webhook-id", id.into()));
        request.headers.push(("webhook-timestamp", format!("{secs}")));
        if !secrets.is_empty() || !keys.is_empty() {
            let header = sign::standard(&secrets, &keys, id, secs, &request.body);
            request.headers.push(("webhook-signature", header.ok_or(Unready::Setting)?));
        }
        if let Some(token) = self.setting("token")? {
            request.headers.push(("authorization", format!("Bearer {token}")));
        }
        Ok(())
    }
}
