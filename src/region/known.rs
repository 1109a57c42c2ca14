//! Known AWS regions with short forms and places, for the command line only: ssox accepts other regions, too.

/// For each region: its name, the short form that a person may type, and the place.
pub(crate) const REGIONS: [(&str, &str, &str); 39] = [
    ("af-south-1", "afs1", "Cape Town"),
    ("ap-east-1", "ape1", "Hong Kong"),
    ("ap-east-2", "ape2", "Taipei"),
    ("ap-northeast-1", "apne1", "Tokyo"),
    ("ap-northeast-2", "apne2", "Seoul"),
    ("ap-northeast-3", "apne3", "Osaka"),
    ("ap-south-1", "aps1", "Mumbai"),
    ("ap-south-2", "aps2", "Hyderabad"),
    ("ap-southeast-1", "apse1", "Singapore"),
    ("ap-southeast-2", "apse2", "Sydney"),
    ("ap-southeast-3", "apse3", "Jakarta"),
    ("ap-southeast-4", "apse4", "Melbourne"),
    ("ap-southeast-5", "apse5", "Malaysia"),
    ("ap-southeast-6", "apse6", "New Zealand"),
    ("ap-southeast-7", "apse7", "Thailand"),
    ("ca-central-1", "cac1", "Canada, central"),
    ("ca-west-1", "caw1", "Calgary"),
    ("cn-north-1", "cnn1", "Beijing"),
    ("cn-northwest-1", "cnnw1", "Ningxia"),
    ("eu-central-1", "euc1", "Frankfurt"),
    ("eu-central-2", "euc2", "Zurich"),
    ("eu-north-1", "eun1", "Stockholm"),
    ("eu-south-1", "eus1", "Milan"),
    ("eu-south-2", "eus2", "Spain"),
    ("eu-west-1", "euw1", "Ireland"),
    ("eu-west-2", "euw2", "London"),
    ("eu-west-3", "euw3", "Paris"),
    ("eusc-de-east-1", "euscdee1", "Brandenburg, European Sovereign Cloud"),
    ("il-central-1", "ilc1", "Tel Aviv"),
    ("me-central-1", "mec1", "United Arab Emirates"),
    ("me-south-1", "mes1", "Bahrain"),
    ("mx-central-1", "mxc1", "Mexico, central"),
    ("sa-east-1", "sae1", "São Paulo"),
    ("us-east-1", "use1", "Northern Virginia"),
    ("us-east-2", "use2", "Ohio"),
    ("us-gov-east-1", "uge1", "GovCloud, east"),
    ("us-gov-west-1", "ugw1", "GovCloud, west"),
    ("us-west-1", "usw1", "Northern California"),
    ("us-west-2", "usw2", "Oregon"),
];

/// Returns the region with this short form; `None` if no region has it.
pub(crate) fn in_full(typed: &str) -> Option<&'static str> {
    REGIONS.iter().find(|(_, short, _)| *short == typed).map(|(name, ..)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::region::Region;

    #[test]
    fn a_short_form_stands_for_one_region_and_is_the_name_of_none() {
        assert_eq!(
            [in_full("euw1"), in_full("use1"), in_full("apse2")],
            ["eu-west-1", "us-east-1", "ap-southeast-2"].map(Some)
        );
        for (name, short, _) in REGIONS {
            assert!(Region::of(name).is_some() && in_full(short) == Some(name) && in_full(name).is_none(), "{name}");
        }
    }
}
