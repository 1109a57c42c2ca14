<?php
// Makes one request with the SDK for PHP: probe.php AUTOLOADER BUCKET URL. Not in a test run: Packagist has the SDK, so whoever
// changes its row sets SSOX_TEST_PHP_SDK to the autoloader of an installed one.
[, $autoloader, $bucket, $url] = $argv;
require $autoloader;
$limits = ['connect_timeout' => 2, 'timeout' => 3];
$client = new Aws\S3\S3Client(['endpoint' => $url, 'use_path_style_endpoint' => true, 'retries' => 0, 'http' => $limits]);
$client->headBucket(['Bucket' => $bucket]);
