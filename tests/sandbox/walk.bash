# shellcheck shell=bash disable=SC2016 # steps are shown as they are typed, and expand when they run
# The way of a newcomer, step by step; the first step that fails ends it.
set -u

step() {
    local status
    printf '\n$ %s\n' "$1"
    eval "$1" || {
        status=$?
        printf 'sandbox: this step failed with exit status %s\n' "$status" >&2
        exit 1
    }
}

# What ssox has put into the environment; of secrets only the ends.
environment() {
    env | LC_ALL=C sort | sed -nE '/^(AWS|SSOX)_/s/((KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)=.{4}).*(.{4})$/\1…\3/
        /^(AWS|SSOX)_/p'
}

step 'eval "$(ssox init bash)"'
step 'ssox list'
step 'ssox use dev'
step 'environment'
step '[ -n "$AWS_SESSION_TOKEN" ] && [ "$AWS_REGION" = eu-west-1 ]'
step 'ssox status --verify'
step 'ssox use stg && echo "$SSOX_PROFILE in $AWS_REGION"'
step 'ssox use - && echo "$SSOX_PROFILE in $AWS_REGION"'
step 'ssox exec stg -- env | grep ^AWS_ACCOUNT_ID'
step 'ssox clear'
step '[ -z "${AWS_ACCESS_KEY_ID-}${AWS_SESSION_TOKEN-}${AWS_REGION-}${SSOX_PROFILE-}" ]'
step 'environment'
