#include "archive/fingerprint.hpp"
