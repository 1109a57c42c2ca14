//! The partitions of AWS, and their hosts.
//!
//! Deliberately not here: regions. New ones come every few months, and every one names its partition itself.

/// One partition.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Partition {
    pub(crate) name: &'static str,
    /// What service hosts end in.
    pub(crate) suffix: &'static str,
    pub(crate) signin_host: &'static str,
    pub(crate) console_host: &'static str,
    /// The region that stands for the partition where none is named.
    pub(crate) global_region: &'static str,
}

const AWS: Partition = Partition {
    name: "aws",
    suffix: "amazonaws.com",
    signin_host: "signin.aws.amazon.com",
    console_host: "console.aws.amazon.com",
    global_region: "us-east-1",
};
const CHINA: Partition = Partition {
    name: "aws-cn",
    suffix: "amazonaws.com.cn",
    signin_host: "signin.amazonaws.cn",
    console_host: "console.amazonaws.cn",
    global_region: "cn-northwest-1",
};
const GOVCLOUD: Partition = Partition {
    name: "aws-us-gov",
    suffix: "amazonaws.com",
    signin_host: "signin.amazonaws-us-gov.com",
    console_host: "console.amazonaws-us-gov.com",
    global_region: "us-gov-west-1",
};
const EUROPE: Partition = Partition {
    name: "aws-eusc",
    suffix: "amazonaws.eu",
    signin_host: "signin.amazonaws-eusc.eu",
    console_host: "console.amazonaws-eusc.eu",
    global_region: "eusc-de-east-1",
};

/// Every partition that people sign in to.
pub(crate) const ALL: [&Partition; 4] = [&AWS, &CHINA, &GOVCLOUD, &EUROPE];

/// Returns the partition of a region.
pub(crate) fn of(region: &str) -> &'static Partition {
    match region {
        _ if region.starts_with("cn-") => &CHINA,
        _ if region.starts_with("us-gov-") => &GOVCLOUD,
        _ if region.starts_with("eusc-") => &EUROPE,
        _ => &AWS,
    }
}

/// Returns the partition of that name, as ARNs have it.
pub(crate) fn named(name: &str) -> Option<&'static Partition> {
    ALL.into_iter().find(|partition| partition.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_names_its_partition() {
        let rows = [
            ("eu-west-1", "aws"),
            ("cn-north-1", "aws-cn"),
            ("us-gov-east-1", "aws-us-gov"),
            ("eusc-de-east-1", "aws-eusc"),
        ];
        for (region, name) in rows {
            assert_eq!(of(region).name, name, "{region}");
        }
    }
}
