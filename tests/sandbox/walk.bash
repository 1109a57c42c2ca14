# shellcheck shell=bash disable=SC2016 # steps are shown as they are typed, and expand when they run
# The first steps with ssox, each with what it does; the first step that fails ends the script.
set -u

step() {
    local status
    printf '\n# %s\n$ %s\n' "$1" "$2"
    eval "$2" || {
        status=$?
        printf 'sandbox: this step failed with exit status %s\n' "$status" >&2
        exit 1
    }
}

# Prints what ssox has set, and only the first and last characters of secrets.
environment() {
    env | LC_ALL=C sort | sed -nE '/^(AWS|SSOX)_/s/((KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)=.{4}).*(.{4})$/\1…\3/
        /^(AWS|SSOX)_/p'
}

step 'Load ssox into this shell; people put this line into ~/.bashrc' 'eval "$(ssox init bash)"'
step 'Show the profiles in ~/.aws/config' 'ssox list'
step 'Put the credentials of profile dev into this shell' 'ssox use dev'
step 'Show what that has set; secrets are cut here' 'environment'
step 'Check that the session token and the region of dev are there' \
    '[ -n "$AWS_SESSION_TOKEN" ] && [ "$AWS_REGION" = eu-west-1 ]'
step 'Ask AWS (here: the stand-in) whose credentials they are' 'ssox status --verify'
step 'Change to another profile' 'ssox use stg && echo "$SSOX_PROFILE in $AWS_REGION"'
step 'Change back to the previous one' 'ssox use - && echo "$SSOX_PROFILE in $AWS_REGION"'
step 'List every account and role, with or without a profile' 'ssox list --assigned'
step 'Use one that has no profile' 'ssox use staging/Admin && echo "$SSOX_PROFILE"'
step 'Run one program with the credentials of another profile' 'ssox exec stg -- env | grep ^AWS_ACCOUNT_ID'
step 'Write a profile for every account and role; without --yes it asks' 'ssox configure populate --yes --role ReadOnly 2>&1'
step 'Use one of these profiles' 'ssox use prod-main.ReadOnly && echo "$SSOX_PROFILE is account $AWS_ACCOUNT_ID"'
step 'Take everything out again' 'ssox clear'
step 'Check that no credentials are left' \
    '[ -z "${AWS_ACCESS_KEY_ID-}${AWS_SESSION_TOKEN-}${AWS_REGION-}${SSOX_PROFILE-}" ]'
step 'Show what is left in the environment' 'environment'
