//! The access keys that were issued, and the identity of each.

use crate::options::IamUser;
use crate::state::State;
use crate::text::{BASE64_ALPHABET, UPPER_DIGITS, base64, random, sha256_hex};

/// The identity of an access key.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) account: String,
    pub(crate) arn: String,
    pub(crate) user_id: String,
    /// A session of a role, for which AWS rejects some requests that a user may send.
    pub(crate) is_role: bool,
    /// Whether an MFA code was given.
    pub(crate) mfa: bool,
}

impl Identity {
    /// The IAM role that Identity Center creates in an account for a permission set.
    pub(crate) fn of_permission_set(account: &str, role: &str, user: &str) -> Self {
        let suffix = &sha256_hex(format!("{account}/{role}").as_bytes())[..16];
        Self::of_role(account, &format!("AWSReservedSSO_{role}_{suffix}"), user)
    }

    /// A session of a role, by the role's name without its path.
    pub(crate) fn of_role(account: &str, role: &str, session: &str) -> Self {
        let id = sha256_hex(format!("{account}:{role}").as_bytes())[..17].to_uppercase();
        Self {
            account: account.into(),
            arn: format!("arn:aws:sts::{account}:assumed-role/{role}/{session}"),
            user_id: format!("AROA{id}:{session}"),
            is_role: true,
            mfa: false,
        }
    }

    pub(crate) fn of_user(user: &IamUser) -> Self {
        let id = sha256_hex(format!("{}:{}", user.account, user.name).as_bytes())[..17].to_uppercase();
        Self {
            account: user.account.clone(),
            arn: format!("arn:aws:iam::{}:user/{}", user.account, user.name),
            user_id: format!("AIDA{id}"),
            is_role: false,
            mfa: false,
        }
    }
}

/// Credentials; long-term ones have neither a session token nor an expiry.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) token: Option<String>,
    pub(crate) expires_at: Option<i64>,
    pub(crate) identity: Identity,
}

impl State {
    /// Issues temporary credentials that are valid for `lifetime` milliseconds.
    pub(crate) fn mint(&mut self, identity: Identity, lifetime: i64) -> Key {
        let token = format!("IQoJb3JpZ2luX2Vj{}", base64(random(BASE64_ALPHABET, 420).as_bytes()));
        let key = Key {
            id: format!("ASIA{}", random(UPPER_DIGITS, 16)),
            secret: self.secret(random(BASE64_ALPHABET, 40)),
            token: Some(self.secret(token)),
            expires_at: Some(self.now() + lifetime),
            identity,
        };
        self.keys.insert(key.id.clone(), key.clone());
        key
    }

    /// Returns a key, issued or of a configured user.
    pub(crate) fn key(&self, id: &str) -> Option<Key> {
        let of_user = |user: &IamUser| Key {
            id: user.access_key_id.clone(),
            secret: user.secret_access_key.clone(),
            token: None,
            expires_at: None,
            identity: Identity::of_user(user),
        };
        let user = self.options.users.iter().find(|user| user.access_key_id == id);
        self.keys.get(id).cloned().or_else(|| user.map(of_user))
    }
}
