#include "backup/backup_dir.hpp"
