#include "tenants/turn_locks.hpp"
