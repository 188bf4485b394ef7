// Sockets that no client can hold for long: each connection has one bound on the time and on the
// bytes of everything it sends, however slowly the bytes come. Poco's own time limit begins anew
// with every byte. Threads: the listening socket belongs to the server's accepting thread, each
// connection to the thread that serves it.
#pragma once

#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/SocketAddress.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>

namespace nexus::http {

struct ConnectionBounds {
    std::chrono::milliseconds time;  // from the first read on
    std::size_t bytes;
    std::shared_ptr<const std::atomic<bool>> stopping;  // true ends every connection's wait
};

// Listens on `address`. A client that breaks a bound is answered 408 or 431, and its connection
// ends. Throws Poco::Net::NetException where the address cannot be had.
Poco::Net::ServerSocket guarded_server_socket(const Poco::Net::SocketAddress& address,
                                              ConnectionBounds bounds);

}  // namespace nexus::http
