//! boto3, which is not ours, takes the stand-in for AWS.

use ssox_standin::{Grant, Standin};
use std::path::PathBuf;
use std::process::Command;

/// Runs a Python script with boto3 in a home of its own; its output is compared.
#[track_caller]
fn python(standin: &Standin, home: &Home, script: &str) -> String {
    let mut command = Command::new("python3");
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).args(["-c", script]);
    let output = command.envs(standin.seed_home(&home.0)).output().expect("python3 is there");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}\n{:?}", standin.violations());
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A directory that goes with the test.
struct Home(PathBuf);

impl Home {
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ssox-standin-{}-{test}", std::process::id()));
        std::fs::create_dir_all(&path).expect("there is room for a directory");
        Self(path)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn boto3_uses_a_seeded_token() {
    let (standin, home) = (Standin::start(), Home::new("token"));
    standin.seed_token(&home.0, "corp", &Grant::default());
    let script = "
import boto3
credentials = boto3.Session(profile_name='dev').get_credentials().get_frozen_credentials()
print(credentials.access_key[:4], len(credentials.secret_key))";
    assert_eq!(python(&standin, &home, script), "ASIA 40\n");
    assert_eq!((standin.count("GetRoleCredentials"), standin.count("CreateToken")), (1, 0));
    assert_eq!(standin.violations(), [""; 0]);
}

#[test]
fn boto3_refreshes_a_token_that_is_about_to_end() {
    let (standin, home) = (Standin::start(), Home::new("refresh"));
    standin.seed_token(&home.0, "corp", &Grant { expires_in: 60, ..Grant::default() });
    let script = "
import boto3
print(boto3.Session(profile_name='stg').get_credentials().get_frozen_credentials().access_key[:4])";
    assert_eq!(python(&standin, &home, script), "ASIA\n");
    assert_eq!((standin.count("CreateToken.refresh_token"), standin.count("reused_refresh_token")), (1, 0));
    assert_eq!(standin.violations(), [""; 0]);
}

/// What the scripts below begin with: a client of STS, and the code of the error a call ends with.
const STS: &str = "
import boto3, botocore.exceptions
user = boto3.Session('AKIASTANDINEXAMPLE00', 'standin/static+secret/EXAMPLEKEY00000000', region_name='eu-west-1')
def of(answer):
    c = answer['Credentials']
    return boto3.Session(c['AccessKeyId'], c['SecretAccessKey'], c['SessionToken'], region_name='eu-west-1')
def role(name, session=user, **rest):
    arn = 'arn:aws:iam::444455556666:role/' + name
    return session.client('sts').assume_role(RoleArn=arn, RoleSessionName='me', **rest)
def error(call):
    try: call()
    except botocore.exceptions.ClientError as e: return e.response['Error']['Code']
me = dict(SerialNumber='arn:aws:iam::111122223333:mfa/me')
";

#[track_caller]
fn sts(test: &str, script: &str, expected: &str) {
    let (standin, home) = (Standin::start(), Home::new(test));
    standin.seed_token(&home.0, "corp", &Grant::default());
    assert_eq!(python(&standin, &home, &(STS.to_string() + script)), expected, "{:?}", standin.violations());
    assert_eq!(standin.violations(), [""; 0]);
}

#[test]
fn a_signed_caller_is_told_who_it_is() {
    let script = "
sso = boto3.Session(profile_name='dev')
print(sso.client('sts').get_caller_identity()['Arn'])
print(user.client('sts').get_caller_identity()['Arn'])
print(of(role('path/Target', sso)).client('sts').get_caller_identity()['Arn'])
print(sso.client('iam').list_account_aliases()['AccountAliases'])";
    let expected = "\
arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_ReadOnly_1d3fb491980d3b77/jane@example.com
arn:aws:iam::111122223333:user/me
arn:aws:sts::444455556666:assumed-role/Target/me
['example-dev']
";
    sts("identity", script, expected);
}

#[test]
fn a_signature_with_another_secret_token_or_clock_is_refused() {
    let script = "
identity = lambda session: session.client('sts').get_caller_identity()
print(error(lambda: identity(boto3.Session('AKIASTANDINEXAMPLE00', 'wrong', region_name='eu-west-1'))))
print(error(lambda: identity(boto3.Session('AKIAUNKNOWN', 'x', region_name='eu-west-1'))))
c = role('Target')['Credentials']
print(error(lambda: identity(boto3.Session(c['AccessKeyId'], c['SecretAccessKey'], 'x', region_name='eu-west-1'))))
import json, os, urllib.request
skew = json.dumps({'clock_offset': 3601}).encode()
urllib.request.urlopen(os.environ['AWS_ENDPOINT_URL'] + '/_standin/options', skew)
print(error(lambda: identity(boto3.Session(c['AccessKeyId'], c['SecretAccessKey'], c['SessionToken'], region_name='eu-west-1'))))
print(error(lambda: identity(user)))";
    let expected =
        "SignatureDoesNotMatch\nInvalidClientTokenId\nInvalidClientTokenId\nExpiredToken\nSignatureDoesNotMatch\n";
    sts("signature", script, expected);
}

#[test]
fn the_request_for_a_role_has_what_its_profile_says() {
    let script = "
print(error(lambda: role('Denied')))
print(error(lambda: role('NeedsExternalId')), error(lambda: role('NeedsExternalId', ExternalId='ext')))
print(error(lambda: role('OneHour', DurationSeconds=3601)), error(lambda: role('Target', DurationSeconds=43200)))
chained = of(role('Target'))
print(error(lambda: role('Other', chained, DurationSeconds=3601)), error(lambda: role('Other', chained)))
print(error(lambda: role('Target', DurationSeconds=43201)))
print(error(lambda: role('Target', Tags=[{'Key': 'a', 'Value': 'b'}, {'Key': 'A', 'Value': 'c'}])))
print(error(lambda: role('Target', Tags=[{'Key': 'a', 'Value': 'b'}], TransitiveTagKeys=['a'])))";
    let expected = "\
AccessDenied
AccessDenied None
ValidationError None
ValidationError None
ValidationError
ValidationError
None
";
    sts("rules", script, expected);
}

#[test]
fn an_mfa_code_is_good_once_and_only_for_its_user() {
    let script = "
print(error(lambda: role('NeedsMfa')))
print(error(lambda: role('NeedsMfa', TokenCode='123456', **me)), error(lambda: role('NeedsMfa', TokenCode='123456', **me)))
print(error(lambda: role('NeedsMfa', TokenCode='000000', **me)), error(lambda: role('NeedsMfa', **me)))
session = of(user.client('sts').get_session_token(TokenCode='234567', **me))
print(error(lambda: role('NeedsMfa', session)), error(lambda: role('Target', session, DurationSeconds=7200)))
print(error(lambda: session.client('sts').get_session_token()))
print(error(lambda: role('NeedsMfa', of(role('Target')), TokenCode='345678', **me)))";
    let expected =
        "AccessDenied\nNone AccessDenied\nAccessDenied AccessDenied\nNone None\nAccessDenied\nAccessDenied\n";
    sts("mfa", script, expected);
}

#[test]
fn saml_and_web_identity_get_the_credentials_of_their_role() {
    let script = "
import os, urllib.request
from botocore import UNSIGNED
from botocore.config import Config
client = boto3.client('sts', region_name='eu-west-1', config=Config(signature_version=UNSIGNED))
def saml(wishes, role='External', account='444455556666'):
    response = urllib.request.urlopen(os.environ['AWS_ENDPOINT_URL'] + '/_standin/saml?' + wishes).read().decode()
    arn = 'arn:aws:iam::' + account
    return client.assume_role_with_saml(RoleArn=f'{arn}:role/{role}', PrincipalArn=f'{arn}:saml-provider/standin', SAMLAssertion=response)
print(of(saml('roles=2&prefix=none', 'Audit', '555566667777')).client('sts').get_caller_identity()['Arn'])
print(error(lambda: saml('encrypted')), error(lambda: saml('roles=0')), error(lambda: saml('', 'Other')))
print(error(lambda: saml('expired')), error(lambda: saml('big')))
web = lambda token: client.assume_role_with_web_identity(RoleArn='arn:aws:iam::444455556666:role/Web', RoleSessionName='me', WebIdentityToken=token)
print(of(web('header.claims.signature')).client('sts').get_caller_identity()['Arn'], error(lambda: web('other')))";
    let expected = "\
arn:aws:sts::555566667777:assumed-role/Audit/jane@example.com
None AccessDenied AccessDenied
ExpiredTokenException ValidationError
arn:aws:sts::444455556666:assumed-role/Web/me InvalidIdentityToken
";
    sts("federated", script, expected);
}
