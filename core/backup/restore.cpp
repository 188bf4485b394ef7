#include "backup/restore.hpp"
