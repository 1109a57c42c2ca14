// Asks STS with the SDK for JavaScript v3.
import { setTimeout } from "node:timers/promises";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

const sts = new STSClient({});
let failures = 0;
for (let number = 0; number < Number(process.env.ASK_TIMES); number++) {
  if (number > 0) await setTimeout(Number(process.env.ASK_EVERY) * 1000);
  try {
    await sts.send(new GetCallerIdentityCommand({}));
    console.log("JS v3 ok");
  } catch (cause) {
    failures++;
    console.log("JS v3 failed:", String(cause).replace(/\s+/g, " "));
  }
}
process.exit(failures ? 1 : 0);
