//! Writes a token into a home directory, as if a person had signed in.

use crate::clock::rfc3339;
use crate::options::START_URL;
use crate::registration::Client;
use crate::state::State;
use crate::text::{URL_ALPHABET, hex, random};
use serde_json::json;
use sha1::{Digest, Sha1};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// How a token is issued: what is missing in it, and when it expires.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Seconds until the access token expires; negative for an expired one.
    pub expires_in: i64,
    /// Has a refresh token.
    pub refreshable: bool,
    /// Seconds until the client registration expires; negative for an expired one.
    pub registration_expires_in: i64,
}

impl Default for Grant {
    fn default() -> Self {
        Self { expires_in: 3600, refreshable: true, registration_expires_in: 90 * 86_400 }
    }
}

/// A token, and the registration of the client it was issued to.
#[derive(Clone, Debug)]
pub struct Token {
    pub access_token: String,
    pub refresh_token: Option<String>,
    /// Epoch second.
    pub expires_at: i64,
    pub client_id: String,
    pub client_secret: String,
    /// Epoch second.
    pub registration_expires_at: i64,
}

impl Token {
    /// Formats the token's cache file as the AWS CLI does.
    pub fn cache_json(&self, start_url: &str, region: &str) -> String {
        let mut file = json!({
            "startUrl": start_url,
            "region": region,
            "accessToken": self.access_token,
            "expiresAt": rfc3339(self.expires_at * 1000),
            "clientId": self.client_id,
            "clientSecret": self.client_secret,
            "registrationExpiresAt": rfc3339(self.registration_expires_at * 1000),
        });
        if let Some(token) = &self.refresh_token {
            file["refreshToken"] = json!(token);
        }
        let fields = file.as_object().into_iter().flatten().map(|(name, value)| format!("\"{name}\": {value}"));
        format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
    }

    /// Writes it where clients read it: under the name of an sso-session, or under a legacy profile's start URL.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, home: &Path, session_or_start_url: &str) -> io::Result<PathBuf> {
        let start_url = if session_or_start_url.starts_with("https://") { session_or_start_url } else { START_URL };
        let file = token_file(home, session_or_start_url);
        write_private(&file, &self.cache_json(start_url, "eu-west-1"))?;
        Ok(file)
    }
}

/// Returns the path of a token's cache file.
pub fn token_file(home: &Path, session_or_start_url: &str) -> PathBuf {
    let name = hex(&Sha1::digest(session_or_start_url.as_bytes()));
    home.join(".aws/sso/cache").join(format!("{name}.json"))
}

impl State {
    pub(crate) fn issue_token(&mut self, grant: &Grant) -> Token {
        let now = self.now();
        let client = Client {
            id: random(URL_ALPHABET, 40),
            secret: self.secret(format!("eyJ{}", random(URL_ALPHABET, 600))),
            expires_at: now + grant.registration_expires_in * 1000,
            scopes: vec!["sso:account:access".into()],
            grant_types: vec!["authorization_code".into(), "refresh_token".into()],
            redirect_uris: vec!["http://127.0.0.1/oauth/callback".into()],
        };
        self.oidc.clients.insert(client.id.clone(), client.clone());
        let issued = self.sign_in(&client);
        let expires_at = now + grant.expires_in * 1000;
        if let Some(token) = self.oidc.access_tokens.get_mut(&issued.access_token) {
            token.expires_at = expires_at;
        }
        Token {
            access_token: issued.access_token,
            refresh_token: issued.refresh_token.filter(|_| grant.refreshable),
            expires_at: expires_at / 1000,
            client_id: client.id,
            client_secret: client.secret,
            registration_expires_at: client.expires_at / 1000,
        }
    }

    /// Ends every session: access tokens are rejected, and nothing can be refreshed.
    pub(crate) fn end_sessions(&mut self) {
        self.oidc.sessions.iter_mut().for_each(|session| session.ends_at = 0);
    }

    /// Revokes every access token; the sessions stay valid.
    pub(crate) fn end_access_tokens(&mut self) {
        self.oidc.access_tokens.values_mut().for_each(|token| token.expires_at = 0);
    }
}

/// Writes `~/.aws/config` with the profiles `dev`, `stg` (sso-session `corp`) and `legacy`.
pub(crate) fn write_config(home: &Path) -> io::Result<()> {
    let config = format!(
        "[sso-session corp]\nsso_start_url = {START_URL}\nsso_region = eu-west-1\n\
         sso_registration_scopes = sso:account:access\n\n\
         [profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n\
         region = eu-west-1\n\n\
         [profile stg]\nsso_session = corp\nsso_account_id = 222233334444\nsso_role_name = PowerUser\n\
         region = eu-central-1\n\n\
         [profile legacy]\nsso_start_url = {START_URL}\nsso_region = eu-west-1\nsso_account_id = 111122223333\n\
         sso_role_name = Admin\nregion = us-east-1\n"
    );
    write_private(&home.join(".aws/config"), &config)
}

fn write_private(file: &Path, content: &str) -> io::Result<()> {
    fs::create_dir_all(file.parent().unwrap_or(file))?;
    fs::write(file, content)?;
    #[cfg(unix)]
    fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_written_where_the_aws_cli_reads_it() {
        let file = token_file(Path::new("/h"), "corp");
        assert_eq!(file, Path::new("/h/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json"));
        let file = token_file(Path::new("/h"), START_URL);
        assert_eq!(file, Path::new("/h/.aws/sso/cache/7487b5b67d5fa1132cf33fa93ae51ef38cc37752.json"));
    }
}
