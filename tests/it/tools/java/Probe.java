import java.net.URI;

/** Makes one request with the SDK for Java, version 1 or 2, in the environment of the process. */
public class Probe {
    public static void main(String[] arguments) {
        String version = arguments[0], bucket = arguments[1], url = arguments[2];
        if (version.equals("1")) {
            com.amazonaws.services.s3.AmazonS3ClientBuilder.standard()
                .withEndpointConfiguration(new com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration(
                    url, new com.amazonaws.regions.DefaultAwsRegionProviderChain().getRegion()))
                .withPathStyleAccessEnabled(true).build().doesBucketExistV2(bucket);
        } else {
            software.amazon.awssdk.services.s3.S3Client.builder()
                .httpClient(software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient.create())
                .endpointOverride(URI.create(url)).forcePathStyle(true).build().headBucket(request -> request.bucket(bucket));
        }
    }
}
