use super::kit::*;
