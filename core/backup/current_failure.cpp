#include "backup/current_failure.hpp"

#include <cerrno>
#include <system_error>

#include "backup/blob_store.hpp"
#include "tenants/backend_failure.hpp"

namespace nexus::backup {
namespace {

Failure failure_of_files(const std::system_error& error) {
    const int number = error.code().value();
    const bool full = number == ENOSPC || number == EDQUOT || number == EMFILE || number == ENFILE;
    return {full ? ErrorCode::exhausted : ErrorCode::internal, error.what(), full};
}

}  // namespace

Failure current_failure() {
    try {
        throw;
    } catch (const Failure& failure) {
        return failure;
    } catch (const BackendError& error) {
        return tenants::failure_of(error);
    } catch (const BlobDamaged& error) {
        return {ErrorCode::snapshot_corrupt, error.what()};
    } catch (const std::system_error& error) {
        return failure_of_files(error);
    } catch (const std::exception& error) {
        return {ErrorCode::internal, error.what()};
    }
}

}  // namespace nexus::backup
