#include "backup/verification.hpp"
