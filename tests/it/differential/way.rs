//! The identity that a configuration leads to and the AWS requests on the way, in a form that is the same for ssox and
//! boto3.

use serde_json::Value;
use ssox_standin::Request;

/// Returns a short form of an ARN, with the session's name only if it was configured.
pub(super) fn who(arn: &str) -> String {
    let parts: Vec<&str> = arn.rsplit(':').next().unwrap_or_default().split('/').collect();
    match parts[..] {
        ["assumed-role", role, _] if role.starts_with("AWSReservedSSO_") => {
            format!("sso/{}", role.split('_').nth(1).unwrap_or_default())
        }
        ["assumed-role", role, session] if session.starts_with("ssox-") || session.starts_with("botocore-session-") => {
            format!("assumed-role/{role}")
        }
        _ => parts.join("/"),
    }
}

/// Describes a request: the role, its arguments, and whose keys signed it.
fn way(operation: &str, target: &str, authorization: Option<&str>, body: &str) -> Option<String> {
    let key = authorization.and_then(|text| text.split_once("Credential=")).map(|(_, rest)| rest);
    let signer = match key.map(|key| key.split('/').next().unwrap_or_default()) {
        Some(user) if user.starts_with("AKIA") => user,
        Some(_) => "temporary keys",
        None => "nobody",
    };
    let told = ["RoleArn", "ExternalId", "DurationSeconds"];
    let mut fields: Vec<&str> =
        body.split('&').filter(|pair| told.iter().any(|name| pair.starts_with(&format!("{name}=")))).collect();
    fields.sort_unstable();
    match operation {
        "GetRoleCredentials" => {
            let mut query: Vec<&str> = target.split_once('?').map_or("", |(_, query)| query).split('&').collect();
            query.sort_unstable();
            Some(format!("{operation} {}", query.join(" ")))
        }
        _ if operation.starts_with("AssumeRole") => Some(format!("{operation} {} as {signer}", fields.join(" "))),
        _ => None,
    }
}

/// Returns the requests of ssox.
pub(super) fn way_of(requests: &[Request]) -> Vec<String> {
    let of =
        |request: &Request| way(&request.operation, &request.target, request.header("authorization"), &request.body);
    requests.iter().filter_map(of).collect()
}

/// Returns the requests of boto3, as the stand-in recorded them.
pub(super) fn way_of_recorded(requests: &Value) -> Vec<String> {
    let of = |request: &Value| {
        let headers = request["headers"].as_array()?;
        let is_authorization =
            |header: &&Value| header[0].as_str().is_some_and(|name| name.eq_ignore_ascii_case("authorization"));
        let authorization = headers.iter().find(is_authorization).and_then(|header| header[1].as_str());
        way(request["operation"].as_str()?, request["target"].as_str()?, authorization, request["body"].as_str()?)
    };
    requests.as_array().into_iter().flatten().filter_map(of).collect()
}
