//! The short service names that the command line accepts, and the console path of each. For a service that is not in
//! the table, the person types the name that its console URL contains.

/// Each row: the name on the command line, the console path (a URL fragment may follow after `#`), and a description.
pub(crate) const SERVICES: [(&str, &str, &str); 73] = [
    ("acm", "acm", "Certificate Manager"),
    ("ami", "ec2#Images:", "EC2, machine images"),
    ("amplify", "amplify", "Amplify"),
    ("apigw", "apigateway", "API Gateway"),
    ("apprunner", "apprunner", "App Runner"),
    ("appsync", "appsync", "AppSync"),
    ("asg", "ec2#AutoScalingGroups:", "EC2, Auto Scaling groups"),
    ("athena", "athena", "Athena"),
    ("backup", "backup", "Backup"),
    ("batch", "batch", "Batch"),
    ("bedrock", "bedrock", "Bedrock"),
    ("billing", "billing", "Billing"),
    ("c9", "cloud9", "Cloud9"),
    ("cb", "codesuite/codebuild", "CodeBuild"),
    ("ce", "cost-management", "Cost Explorer"),
    ("cf", "cloudfront/v4", "CloudFront"),
    ("cfn", "cloudformation", "CloudFormation"),
    ("codebuild", "codesuite/codebuild", "CodeBuild"),
    ("codepipeline", "codesuite/codepipeline", "CodePipeline"),
    ("cognito", "cognito/v2", "Cognito"),
    ("config", "config", "Config"),
    ("cp", "codesuite/codepipeline", "CodePipeline"),
    ("ct", "cloudtrailv2", "CloudTrail"),
    ("cw", "cloudwatch", "CloudWatch"),
    ("ddb", "dynamodbv2", "DynamoDB"),
    ("dms", "dms/v2", "Database Migration Service"),
    ("dynamodb", "dynamodbv2", "DynamoDB"),
    ("eb", "elasticbeanstalk", "Elastic Beanstalk"),
    ("ebs", "ec2#Volumes:", "EC2, volumes"),
    ("ec2", "ec2", "EC2"),
    ("ecr", "ecr", "Container Registry"),
    ("ecs", "ecs/v2", "Container Service"),
    ("efs", "efs", "Elastic File System"),
    ("eks", "eks", "Kubernetes Service"),
    ("elasticache", "elasticache", "ElastiCache"),
    ("elb", "ec2#LoadBalancers:", "EC2, load balancers"),
    ("emr", "emr", "EMR"),
    ("es", "aos", "OpenSearch"),
    ("eventbridge", "events", "EventBridge"),
    ("events", "events", "EventBridge"),
    ("fsx", "fsx", "FSx"),
    ("gd", "guardduty", "GuardDuty"),
    ("glue", "glue", "Glue"),
    ("health", "health", "Health"),
    ("iam", "iam", "Identity and Access Management"),
    ("kinesis", "kinesis", "Kinesis"),
    ("kms", "kms", "Key Management Service"),
    ("lambda", "lambda", "Lambda"),
    ("logs", "cloudwatch#logsV2:log-groups", "CloudWatch, log groups"),
    ("msk", "msk", "Managed Kafka"),
    ("opensearch", "aos", "OpenSearch"),
    ("org", "organizations/v2", "Organizations"),
    ("ps", "systems-manager/parameters", "Parameter Store"),
    ("quotas", "servicequotas", "Service Quotas"),
    ("r53", "route53/v2", "Route 53"),
    ("rds", "rds", "RDS"),
    ("redshift", "redshiftv2", "Redshift"),
    ("route53", "route53/v2", "Route 53"),
    ("s3", "s3", "S3"),
    ("sagemaker", "sagemaker", "SageMaker"),
    ("ses", "ses", "Simple Email Service"),
    ("sfn", "states", "Step Functions"),
    ("sg", "ec2#SecurityGroups:", "EC2, security groups"),
    ("sh", "securityhub", "Security Hub"),
    ("sm", "secretsmanager", "Secrets Manager"),
    ("sns", "sns/v3", "Simple Notification Service"),
    ("sqs", "sqs/v3", "Simple Queue Service"),
    ("ssm", "systems-manager", "Systems Manager"),
    ("sso", "singlesignon", "IAM Identity Center"),
    ("stepfunctions", "states", "Step Functions"),
    ("vpc", "vpcconsole", "VPC"),
    ("waf", "wafv2", "WAF"),
    ("xray", "xray", "X-Ray"),
];

/// Returns the console path of a service, and the URL fragment if there is one. A name that is not in the table is
/// itself the path.
pub(super) fn place(service: &str) -> (&str, Option<&str>) {
    let known = SERVICES.iter().find(|(name, ..)| *name == service);
    let path = known.map_or(service, |(_, path, _)| path);
    path.split_once('#').map_or((path, None), |(path, fragment)| (path, Some(fragment)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_every_path_is_one_of_a_console() {
        assert!(SERVICES.is_sorted_by_key(|(name, ..)| name));
        for (name, ..) in SERVICES {
            assert!(super::super::is_service(place(name).0), "{name}");
        }
        assert_eq!(place("asg"), ("ec2", Some("AutoScalingGroups:")));
        assert_eq!(place("systems-manager/parameters"), ("systems-manager/parameters", None));
    }
}
