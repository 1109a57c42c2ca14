//! What makes the stand-in worth testing against: that it is strict where AWS is, and that clients of others accept it.

mod boto3;
mod client;
mod faults;
mod pages;
mod sign_in;
