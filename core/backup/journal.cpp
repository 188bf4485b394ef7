#include "backup/journal.hpp"
