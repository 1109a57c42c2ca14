#!/usr/bin/env bash
# A comma in the name of a role: saml2aws 2.36.19, awsprocesscreds 0.0.2, gimme-aws-creds 2.8.2, awscli-login 1.0.
#
# Expected: a role of the attribute Role, `ROLE_ARN,PROVIDER_ARN`, is read whole. IAM allows letters, digits and `+=,.@-_`
# in the name of a role, so `Ops,EU` is one, and an ARN begins with `arn:`, so the pair can be told apart.
# What happens: all four stop at the first comma, and would ask for the role `Ops`, which may exist. awsprocesscreds takes
# `EU` for the provider when the role stands first.
# Two of them look for the word `saml-provider` anywhere in a half: with a role that is called `saml-provider-admin`
# awsprocesscreds exchanges role and provider, and gimme-aws-creds refuses the response.
# Why it matters: what reads the response decides which role people get keys for.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

pip_install awsprocesscreds==0.0.2 awscli-login==1.0 beautifulsoup4==4.15.0 requests==2.34.2
pip_install --no-deps gimme-aws-creds==2.8.2
go_program github.com/versent/saml2aws/v2@v2.36.19 <<'END'
package main

import (
	"fmt"
	"os"

	saml2aws "github.com/versent/saml2aws/v2"
)

func main() {
	roles, err := saml2aws.ParseAWSRoles(os.Args[1:])
	if err != nil {
		panic(err)
	}
	fmt.Println(roles[0].RoleARN, roles[0].PrincipalARN)
}
END
cat >"$work/read.py" <<'END'
import base64, sys, types, xml.etree.ElementTree as ET

program, value = sys.argv[1:]
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
root = ET.Element("Response")
attribute = ET.SubElement(root, f"{{{SAML}}}Attribute", Name="https://aws.amazon.com/SAML/Attributes/Role")
ET.SubElement(attribute, f"{{{SAML}}}AttributeValue").text = value
response = base64.b64encode(ET.tostring(root)).decode()
if program == "awsprocesscreds":
    from awsprocesscreds.saml import SAMLCredentialFetcher
    role = SAMLCredentialFetcher._parse_roles(None, response)[0]
    print(role["RoleArn"], role["PrincipalArn"])
elif program == "awscli-login":
    from awscli_login.saml import parse_role_arns
    provider, role = parse_role_arns(list(attribute))[0]
    print(role, provider)
else:
    from gimme_aws_creds.default import DefaultResolver
    try:
        role = DefaultResolver()._enumerate_saml_roles(response, None)[0]
        print(role.role, role.idp)
    except Exception as error:
        print(type(error).__name__)
END
read_by() {
    case $1 in
        saml2aws) clean "$work/program" "$2" ;;
        *) clean "$work/python/bin/python" -W ignore "$work/read.py" "$1" "$2" ;;
    esac
}

account=arn:aws:iam::111122223333
provider=$account:saml-provider/Idp
role=$account:role/Ops,EU
echo 'The role Ops,EU, then the provider (what is read: role, provider):'
seen saml2aws "$(read_by saml2aws "$role,$provider")" "$account:role/Ops $provider"
seen gimme-aws-creds "$(read_by gimme "$role,$provider")" "$account:role/Ops $provider"
seen awscli-login "$(read_by awscli-login "$role,$provider")" "$account:role/Ops $provider"
seen awsprocesscreds "$(read_by awsprocesscreds "$role,$provider")" "$account:role/Ops EU"
echo 'The provider, then the role:'
for program in saml2aws gimme-aws-creds awscli-login awsprocesscreds; do
    seen $program "$(read_by $program "$provider,$role")" "$account:role/Ops $provider"
done
role=$account:role/saml-provider-admin
echo 'The role saml-provider-admin, then the provider:'
seen saml2aws "$(read_by saml2aws "$role,$provider")" "$role $provider"
seen awscli-login "$(read_by awscli-login "$role,$provider")" "$role $provider"
seen awsprocesscreds "$(read_by awsprocesscreds "$role,$provider")" "$provider $role"
seen gimme-aws-creds "$(read_by gimme-aws-creds "$role,$provider")" GimmeAWSCredsError
finish
