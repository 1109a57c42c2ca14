import software.amazon.awssdk.services.sts.StsClient;

/** Asks STS with the SDK for Java v2. */
public class Ask {
    public static void main(String[] arguments) throws InterruptedException {
        int times = Integer.parseInt(System.getenv("ASK_TIMES"));
        long every = (long) (1000 * Double.parseDouble(System.getenv("ASK_EVERY")));
        int failures = 0;
        StsClient sts = StsClient.create();
        for (int number = 0; number < times; number++) {
            if (number > 0) {
                Thread.sleep(every);
            }
            try {
                sts.getCallerIdentity();
                System.out.println("Java v2 ok");
            } catch (RuntimeException cause) {
                failures++;
                System.out.println("Java v2 failed: " + cause.toString().replaceAll("\\s+", " "));
            }
        }
        System.exit(failures == 0 ? 0 : 1);
    }
}
