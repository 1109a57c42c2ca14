# Makes one request with the SDK for Ruby in each of many environments, each in a process of its own. probe.rb FOLDER, in which
# the gems are, reads lines of JSON on stdin: {"bucket", "url", "environment"}. Older versions read no endpoint from the
# environment, so it is set here.

$LOAD_PATH.unshift(*Dir[File.join(ARGV.fetch(0), '**/{lib,vendor_ruby}')])
require 'aws-sdk-core'
require 'json'

def ask(bucket, url)
  Aws.config = { sts: { endpoint: url }, sso: { endpoint: url } }
  Aws.shared_config.fresh(config_enabled: true)
  Aws::STS::Client.new(endpoint: "#{url}/#{bucket}", retry_limit: 0, http_open_timeout: 3).get_caller_identity
end

$stdin.each_line do |line|
  job = JSON.parse(line)
  child = fork do
    ENV.replace(job['environment'])
    ask(job['bucket'], job['url'])
  rescue StandardError => error
    warn "#{job['bucket']} #{error.class} #{error.message}" if ENV['SHOW']
  ensure
    exit!
  end
  Process.wait(child)
end
