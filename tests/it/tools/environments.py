"""The environments of the differential test: each is a home directory and variables, generated from a few choices."""

import hashlib
import itertools
import os
from pathlib import Path

from recorder import END, TOKEN, key_of

PAST = "2020-01-01T00:00:00Z"
SSO = "sso_account_id = 111122223333\nsso_role_name = {}\n"
URL, OVER = "https://d-1.awsapps.com/start", "https://d-2.awsapps.com/start"
SESSION = "".join(f"[sso-session {name}]\nsso_start_url = {url}\nsso_region = eu-west-1\n" for name, url in [("corp", URL), ("over", OVER)])
SESSION += f"[sso-session half]\nsso_start_url = {URL}\n"
ROLE = "arn:aws:iam::444455556666:role/"


def keys(name):
    return f"aws_access_key_id = {key_of(name)}\naws_secret_access_key = secret\n"


def process(name, quote=""):
    return f"credential_process = {quote}/bin/cat{quote} {{home}}/{name}.json\n"


# Profiles that a choice of AWS_PROFILE names, and in which file they are.
PROFILES = {
    "static": ("config", keys("static")),
    "stored": ("credentials", keys("stored")),
    "process": ("config", process("process")),
    "quoted": ("config", process("quoted", '"')),
    "stored-process": ("credentials", process("stored-process")),
    "sso": ("config", "sso_session = corp\n" + SSO.format("sso")),
    "legacy": ("config", f"sso_start_url = {URL}\nsso_region = eu-west-1\n" + SSO.format("legacy")),
    "over": ("config", "sso_session = over\n" + SSO.format("over")),
    "legacy-over": ("config", f"sso_start_url = {OVER}\nsso_region = eu-west-1\n" + SSO.format("legacy-over")),
    "role": ("config", f"role_arn = {ROLE}role\nsource_profile = static\n"),
    "refused": ("config", "credential_process = {ssox} credential-process refused\nssox_managed = corp\nssox_account_id = 111122223333\n"
                          "ssox_role_name = refused\nssox_protected = true\n"),
    "role-of-refused": ("config", f"role_arn = {ROLE}role-of-refused\nsource_profile = refused\n"),
    "environment-role": ("config", f"role_arn = {ROLE}environment-role\ncredential_source = Environment\n"),
    "stored-role": ("credentials", f"role_arn = {ROLE}stored-role\nsource_profile = stored\n"),
    "web": ("config", f"role_arn = {ROLE}web\nweb_identity_token_file = {{home}}/token\n"),
    # Profiles that lack something.
    "lost-source": ("config", f"role_arn = {ROLE}lost-source\nsource_profile = gone\n"),
    "role-of-lost-source": ("config", f"role_arn = {ROLE}role-of-lost-source\nsource_profile = lost-source\n"),
    "empty-source": ("config", f"role_arn = {ROLE}empty-source\nsource_profile = region-only\n"),
    "lost-session": ("config", "sso_session = gone\n" + SSO.format("lost-session")),
    "role-of-lost-session": ("config", f"role_arn = {ROLE}role-of-lost-session\nsource_profile = lost-session\n"),
    "half-session": ("config", "sso_session = half\n" + SSO.format("half-session")),
    "no-role": ("config", "sso_session = corp\nsso_account_id = 111122223333\n"),
    "no-account": ("config", "sso_session = corp\nsso_role_name = no-account\n"),
    "legacy-no-role": ("config", f"sso_start_url = {URL}\nsso_region = eu-west-1\nsso_account_id = 111122223333\n"),
    "legacy-no-region": ("config", f"sso_start_url = {URL}\n" + SSO.format("legacy-no-region")),
    "odd-source": ("config", f"role_arn = {ROLE}odd-source\ncredential_source = Nonsense\n"),
    "legacy-no-account": ("config", f"sso_start_url = {URL}\nsso_region = eu-west-1\nsso_role_name = legacy-no-account\n"),
    "half-static": ("config", f"aws_access_key_id = {key_of('half-static')}\n"),
    "half-stored": ("credentials", f"aws_access_key_id = {key_of('half-stored')}\n"),
    "no-id-static": ("config", "aws_secret_access_key = secret\n"),
    "no-id-stored": ("credentials", "aws_secret_access_key = secret\n"),
    "region-only": ("config", "region = ap-south-1\n"),
    "with-region": ("config", keys("with-region") + "region = ap-south-1\n"),
}
DEFAULTS = {
    "": {},
    "stored": {"credentials": keys("default-stored")},
    "static": {"config": keys("default-static")},
    "process": {"config": process("default-process")},
    "sso": {"config": "sso_session = corp\n" + SSO.format("default-sso")},
    "over": {"config": "sso_session = over\n" + SSO.format("default-over")},
    "region": {"config": "region = ca-central-1\n"},
}
KEYS = {
    "": {},
    "empty": {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_SESSION_TOKEN": ""},
    "keys": {"AWS_ACCESS_KEY_ID": key_of("environment"), "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token"},
}


def container(url, kind):
    uri = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": url + "/container"}
    token = {"AWS_CONTAINER_AUTHORIZATION_TOKEN": TOKEN}
    file = {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "{home}/container-token"}
    return {"": {}, "token": uri | token, "file": uri | file, "both": uri | token | file}[kind]


POD = {"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token", "AWS_ROLE_ARN": ROLE + "pod"}


def choices():
    """Yields (name, keys, profile, default, container, more variables)."""
    for key, profile, default, where in itertools.product(KEYS, (None, "static", "missing", ""), ("", "stored"), ("", "both")):
        yield key, profile, default, where, {}
    for profile in PROFILES:
        # GDAL stops at a role whose source it does not read, whatever else is there.
        if profile == "role-of-refused":
            yield "", profile, "", "", {}
        elif profile != "static":
            yield "", profile, "", "", {}
            yield "", profile, "stored", "both", {}
            yield "keys", profile, "", "", {}
    for default in DEFAULTS:
        if default not in ("", "stored"):
            for key, where in ("", ""), ("", "both"), ("keys", ""):
                yield key, None, default, where, {}
    for kind in "token", "file":
        yield "", None, "", kind, {}
        yield "", "static", "", kind, {}
        yield "keys", None, "", kind, {}
    for key, profile, default, where in itertools.product(("", "keys"), (None, "static", "stored"), ("", "stored"), ("", "both")):
        yield key, profile, default, where, {"pod": POD}
    for key, profile, where in ("", None, ""), ("", "static", ""), ("", "stored", "both"), ("keys", None, "both"), ("", "sso", ""):
        yield key, profile, "", where, {"half-pod": {"AWS_WEB_IDENTITY_TOKEN_FILE": POD["AWS_WEB_IDENTITY_TOKEN_FILE"]}}
    for first, second in ("static", "stored"), ("stored", "missing"), ("missing", "stored"):
        yield "", first, "", "", {"other": {"AWS_DEFAULT_PROFILE": second}}
    yield "", None, "", "", {"other": {"AWS_DEFAULT_PROFILE": "stored"}}
    yield "keys", None, "", "", {"other": {"AWS_DEFAULT_PROFILE": "missing"}}
    yield "keys", "static", "", "", {"other": {"AWS_DEFAULT_PROFILE": "missing"}}
    yield "keys", None, "", "", {"past": {"AWS_CREDENTIAL_EXPIRATION": PAST}}
    yield "keys", None, "", "", {"end": {"AWS_CREDENTIAL_EXPIRATION": END}}
    yield "keys", None, "", "", {"half": {"AWS_SECRET_ACCESS_KEY": ""}}
    yield "", "stored", "", "", {"half": {"AWS_ACCESS_KEY_ID": key_of("environment")}}
    for name, end in ("junk", "never"), ("epoch", "4102444800"), ("no-zone", END[:-1]), ("basic", "20990101T000000Z"), ("offset", END[:-1] + "+0000"):
        yield "keys", None, "", "", {name: {"AWS_CREDENTIAL_EXPIRATION": end}}
    yield "", "stored", "", "", {"junk": {"AWS_CREDENTIAL_EXPIRATION": "never"}}
    yield "keys", None, "", "", {"empty-token": {"AWS_SESSION_TOKEN": ""}}
    yield "keys", "stored", "", "", {"empty-token": {"AWS_SESSION_TOKEN": ""}}
    old = {"AWS_SECURITY_TOKEN": "old"}
    for name, tokens in ("old-token", old), ("only-old-token", old | {"AWS_SESSION_TOKEN": ""}):
        yield "keys", None, "", "", {name: tokens}
    boto, file = {"BOTO_CONFIG": "{home}/boto"}, {"AWS_CREDENTIAL_FILE": "{home}/credential-file"}
    for name, files in ("boto", boto), ("file", file), ("boto-file", boto | file), ("half-boto", {"BOTO_CONFIG": "{home}/half-boto"}):
        yield "", None, "", "both", {name: files}
    for key, profile in ("", None), ("", "static"), ("", "region-only"), ("keys", None):
        yield key, profile, "", "", {"boto": boto}
    one, two = {"AWS_REGION": "eu-west-1"}, {"AWS_DEFAULT_REGION": "us-west-2"}
    for name, regions in ("AR", one), ("ADR", two), ("AR-ADR", one | two):
        yield "keys", None, "", "", {name: regions}
        yield "", "with-region", "", "", {name: regions}
    yield "keys", None, "region", "", {"no": {"AWS_REGION": "", "AWS_DEFAULT_REGION": ""}}
    yield "", "stored", "region", "", {"no": {"AWS_REGION": "", "AWS_DEFAULT_REGION": ""}}
    yield "keys", "with-region", "", "", {}
    yield "", "with-region", "", "", {"no": {"AWS_REGION": "", "AWS_DEFAULT_REGION": ""}}
    for profile in "stored", "static":
        yield "", profile, "", "", {"files": {"AWS_CONFIG_FILE": "{home}/other-config", "AWS_SHARED_CREDENTIALS_FILE": "{home}/other-credentials"}}


def environments(directory, url, ssox):
    """Writes the homes, and returns the variables of each environment by its name."""
    found = {}
    for key, profile, default, where, more in choices():
        words = [key, profile if profile != "" else "''", default and "default-" + default, where and "container-" + where, *more]
        name = ".".join(word for word in words if word) or "nothing"
        home = Path(directory, name)
        variables = {"HOME": str(home), "PATH": os.environ["PATH"], "AWS_EC2_METADATA_DISABLED": "true",
                     "AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "eu-central-1", "AWS_MAX_ATTEMPTS": "1",
                     "AWS_ENDPOINT_URL": url, "AWS_ROLE_SESSION_NAME": "me", "NO_PROXY": "127.0.0.1", **KEYS[key], **container(url, where)}
        if profile is not None:
            variables["AWS_PROFILE"] = profile
        for some in more.values():
            variables |= some
        if more.keys() & {"AR", "ADR"}:
            del variables["AWS_DEFAULT_REGION" if "AR" in more else "AWS_REGION"]
        if "no" in more:
            del variables["AWS_DEFAULT_REGION"], variables["AWS_REGION"]
        write(home, DEFAULTS[default], ssox)
        (home / "default").write_text(f"default-{default}")
        found[name] = {name: value.replace("{home}", str(home)) for name, value in variables.items()}
    return found


def write(home, default, ssox):
    (home / ".aws/sso/cache").mkdir(parents=True, exist_ok=True)
    texts = {"config": SESSION, "credentials": ""}
    for file, body in default.items():
        texts[file] += f"[default]\n{body}"
    for name, (file, body) in PROFILES.items():
        texts[file] += f"[{'profile ' if file == 'config' else ''}{name}]\n{body}"
    for file, text in texts.items():
        (home / ".aws" / file).write_text(text.replace("{home}", str(home)).replace("{ssox}", ssox))
    (home / "other-config").write_text("[profile static]\n" + keys("other-static"))
    (home / "other-credentials").write_text("[stored]\n" + keys("other-stored"))
    (home / "boto").write_text("[Credentials]\n" + keys("boto"))
    (home / "half-boto").write_text("[Credentials]\naws_access_key_id = A\n")
    (home / "credential-file").write_text(f"AWSAccessKeyId={key_of('credential-file')}\nAWSSecretKey=secret\n")
    (home / "token").write_text("header.claims.signature")
    (home / "container-token").write_text(TOKEN)
    for name in "process", "quoted", "stored-process", "default-process":
        (home / f"{name}.json").write_text(
            f'{{"Version": 1, "AccessKeyId": "{key_of(name)}", "SecretAccessKey": "secret", "SessionToken": "token"}}')
    for session, url, token, end in ("corp", URL, "token", END), (URL, URL, "token", END), ("over", OVER, "over", PAST), (OVER, OVER, "over", PAST):
        path = home / ".aws/sso/cache" / (hashlib.sha1(session.encode()).hexdigest() + ".json")
        path.write_text(f'{{"startUrl": "{url}", "region": "eu-west-1", "accessToken": "{token}", "expiresAt": "{end}"}}')
