#include "backup/prune.hpp"
