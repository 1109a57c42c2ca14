// Makes one request with the SDK for JavaScript (version 3, or 2 with the argument `v2`) in each of many environments.
// It reads lines of JSON on stdin: {"bucket", "url", "environment"}.

import { createInterface } from "node:readline";
import { createRequire } from "node:module";

const from = createRequire(process.env.NODE_MODULES + "/here");
const version2 = process.argv[2] === "v2";
const { S3Client, HeadBucketCommand } = version2 ? {} : from("@aws-sdk/client-s3");

async function ask3({ bucket, url }) {
  const client = new S3Client({ endpoint: url, forcePathStyle: true, maxAttempts: 1 });
  await client.send(new HeadBucketCommand({ Bucket: bucket }));
}

async function ask2({ bucket, url }) {
  for (const name of Object.keys(from.cache)) delete from.cache[name];
  const AWS = from("aws-sdk");
  const s3 = new AWS.S3({ endpoint: url, s3ForcePathStyle: true, maxRetries: 0, signatureVersion: "v4" });
  await s3.headBucket({ Bucket: bucket }).promise();
}

for await (const line of createInterface({ input: process.stdin })) {
  const job = JSON.parse(line);
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, job.environment);
  try {
    await (version2 ? ask2 : ask3)(job);
  } catch (error) {
    if (process.env.SHOW) console.error(job.bucket, error.message);
  }
}
