"""Compares what `ssox status --tools` predicts with whose keys tools really sign, in many environments.

    differential.py --ssox PATH TOOL…

A TOOL is `NAME=COMMAND…`: the name as ssox prints it, and a program that reads jobs as lines of JSON on stdin. Where a word of
the command is `{bucket}` or `{url}`, the program is started once for each environment instead, with that environment.
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from environments import environments
from recorder import Recorder, key_of

# The endpoint of STS or of the portal is fixed in these tools: their requests do not reach the recorder, and fail.
UNSEEN = {
    "minio": {"pod"}, "object_store (deltalake)": {"pod"}, "polars alone": {"pod"}, "GDAL": {"pod", "sso", "legacy", "role"},
    "C++ (pyarrow)": {"pod", "web", "sso", "legacy"}, "tiledb": {"pod", "sso", "legacy"}, "duckdb": {"pod", "sso", "legacy"},
    "AWS CLI v2": {"pod", "web", "sso", "legacy"}, "Go v2": {"pod", "web", "sso", "legacy", "role"}, "JS v2": {"pod"}, "Java v1": {"pod", "role"},
}


def predicted(ssox, environment):
    """Returns the row of each tool."""
    run = subprocess.run([ssox, "status", "--tools", "--json"], env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return {row["tool"]: row for row in json.loads(run.stdout)}


def expected_key(row):
    """Returns the key id that signs according to a row: None for unsigned, "-" for no request."""
    if row["source"] == "container":
        return key_of("container")
    if row["source"] == "environment":
        return key_of("pod" if "WEB_IDENTITY" in row["why"] else "environment")
    if row["source"] == "file":
        return key_of(Path(row["why"].split(":")[0]).name)
    if row["source"] == "none":
        return None if row["why"].startswith("unsigned") else "-"
    return "-" if "token has expired" in row["why"] else row["identity"]


def ask(name, command, environments, url, base):
    """Runs a tool in all environments."""
    jobs = [{"bucket": f"{base}-{number}", "url": url, "environment": environment}
            for number, environment in enumerate(environments.values())]
    if not any("{bucket}" in word for word in command):
        lines = "".join(json.dumps(job) + "\n" for job in jobs)
        # Some libraries look for the home directory when they start; the cached tokens are the same in all.
        environment = {**os.environ, "HOME": next(iter(environments.values()))["HOME"]}
        subprocess.run(command, input=lines, text=True, env=environment, check=True)
        return
    for job in jobs:
        words = [word.format(**job) for word in command]
        home = job["environment"]["HOME"]
        environment = {**job["environment"], **({"JAVA_TOOL_OPTIONS": f"-Duser.home={home}"} if command[0] == "java" else {})}
        subprocess.run(words, input=json.dumps(job), text=True, env=environment, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=300)


def differences(tool, rows, environments, seen, unseen):
    """Yields a line for each environment in which a tool did something else."""
    for name, environment in environments.items():
        if (tool, rows[name][tool]["source"]) in unseen:
            continue
        parts = {part.removeprefix("default-").removeprefix("stored-") for part in name.split(".")}
        row = rows[name][tool]
        is_unseen = parts & UNSEEN.get(tool, set())
        if is_unseen and (row["source"] in ("profile", "environment") and not row["why"].startswith("access keys") or row["source"] == "none"):
            continue
        key, region, token = seen[name]
        wanted = expected_key(row)
        if row["source"] == "profile" and wanted != "-":
            wanted = key_of(identity_in(environment, row))
        # Without a region some tools stop before they sign.
        if key == "-" and row["region"] is None and wanted != "-":
            continue
        if key != wanted:
            yield f"{tool} in {name}: predicted {wanted} ({row['why']}), but it was {key}"
        elif row["region"] and key not in ("-", None) and region not in (row["region"], ""):
            yield f"{tool} in {name}: predicted region {row['region']}, but it was {region}"
        elif row["why"].startswith("access keys") and key and (token or None) != expected_token(environment, row):
            yield f"{tool} in {name}: predicted token {expected_token(environment, row)}, but it was {token}"


def expected_token(environment, row):
    """Returns the session token that is sent with the access keys of an environment."""
    return "old" if "with the token in AWS_SECURITY_TOKEN" in row["why"] else environment.get("AWS_SESSION_TOKEN") or None


def identity_in(environment, row):
    """Returns the name of the keys that a profile of an environment has."""
    name = row["identity"]
    if name == "default":
        home = Path(environment["HOME"])
        return next(line.strip() for line in (home / "default").read_text().splitlines())
    return "other-" + name if "AWS_CONFIG_FILE" in environment and "own" not in row["why"] and follows(row) else name


def follows(row):
    """Tells whether a tool reads the files that the variables name."""
    return row["tool"] not in ("JS v2", "Java v1", "polars alone", "GDAL") or row["tool"] == "GDAL" and "in the config file" in row["why"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ssox", required=True)
    parser.add_argument("--only", default="", help="a part of the environments' names")
    parser.add_argument("--unseen", default=[], action="append", help="TOOL:SOURCE that the installed version does not have")
    parser.add_argument("tools", nargs="+")
    options = parser.parse_args()
    recorder = Recorder()
    with tempfile.TemporaryDirectory() as directory:
        chosen = {name: variables for name, variables in environments(directory, recorder.url, os.path.abspath(options.ssox)).items() if options.only in name}
        with ThreadPoolExecutor(2) as pool:
            rows = dict(zip(chosen, pool.map(lambda variables: predicted(options.ssox, variables), chosen.values())))
            tools = [tool.split("=", 1) for tool in options.tools]
            asked = [pool.submit(ask, name, shlex.split(command), chosen, recorder.url, f"tool{number}")
                     for number, (name, command) in enumerate(tools)]
        wrong = 0
        for number, (name, _) in enumerate(tools):
            asked[number].result()
            seen = {of: recorder.seen.get(f"tool{number}-{at}", ("-", "", None)) for at, of in enumerate(chosen)}
            # A signature with an empty key id is as good as none.
            seen = {of: (key if key else None, region, token) for of, (key, region, token) in seen.items()}
            found = list(differences(name, rows, chosen, seen, [tuple(pair.split(":")) for pair in options.unseen]))
            wrong += len(found)
            print("\n".join([f"{name}: {len(chosen)} environments, {len(found)} differences", *found]))
    sys.exit(wrong > 0)


main()
