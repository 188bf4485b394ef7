#include "backup/blob_store.hpp"
