// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/scorer.h"
#include "core/serving/inference_server.h"
#include "core/serving/rollout_control.h"

#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>

#include <arpa/inet.h>
#include <atomic>
#include <cmath>
#include <netinet/tcp.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

namespace pilothouse::serving::testing {

/// A model one can compute in the head: a + 10·b + offset; missing b counts as 5; a category "east" adds 100.
class PlainScorer final : public artifact::Scorer {
public:
    explicit PlainScorer(double offset, bool failing = false) : m_offset(offset), m_failing(failing) {
        m_signature.task = workspace::TaskKind::Regression;
        m_signature.inputs = {{QStringLiteral("a"), data::ColumnType::Number, {}, false},
                              {QStringLiteral("b"), data::ColumnType::Number, {}, true},
                              {QStringLiteral("side"), data::ColumnType::Category, {"east", "west"}, true}};
        m_signature.outputs = {QStringLiteral("y")};
        m_signature.target = QStringLiteral("y");
        m_signature.unit = QStringLiteral("°C");
    }
    const artifact::Signature &signature() const override { return m_signature; }
    Result<artifact::Predictions> score(const data::Rows &rows) const override {
        artifact::Predictions out;
        out.count = rows.count;
        for (std::size_t i = 0; i < rows.count; ++i) {
            const auto row = rows.row(i);
            if (m_failing && row[0] > 0)
                return invalid(QStringLiteral("This model cannot answer."));
            out.values.push_back(row[0] + 10 * (std::isnan(row[1]) ? 5 : row[1]) + (row[2] == 0 ? 100 : 0) + m_offset);
        }
        return out;
    }
    artifact::Signature m_signature;

private:
    double m_offset;
    bool m_failing;
};

/// Three classes by the size of x: small below 1, middle below 2, else large.
class ClassScorer final : public artifact::Scorer {
public:
    explicit ClassScorer(std::vector<std::string> labels = {"small", "middle", "large"}, int shift = 0) : m_shift(shift) {
        m_signature.task = workspace::TaskKind::Classification;
        m_signature.inputs = {{QStringLiteral("x"), data::ColumnType::Number, {}, false}};
        m_signature.outputs = {QStringLiteral("size")};
        m_signature.classes = std::move(labels);
        m_signature.target = QStringLiteral("size");
    }
    const artifact::Signature &signature() const override { return m_signature; }
    Result<artifact::Predictions> score(const data::Rows &rows) const override {
        artifact::Predictions out;
        out.count = rows.count;
        out.classes = 3;
        for (std::size_t i = 0; i < rows.count; ++i) {
            const double x = rows.row(i)[0];
            const int index = ((x < 1 ? 0 : x < 2 ? 1 : 2) + m_shift) % 3;
            out.values.push_back(index);
            for (int k = 0; k < 3; ++k)
                out.probabilities.push_back(k == index ? 0.75 : 0.125);
        }
        return out;
    }

private:
    artifact::Signature m_signature;
    int m_shift;
};

/// A forecast of two targets over two steps: the last value, and in the second step 1 and 10 more.
class PairScorer final : public artifact::Scorer {
public:
    PairScorer() {
        m_signature.task = workspace::TaskKind::Forecast;
        m_signature.inputs = {{QStringLiteral("t2m@0"), data::ColumnType::Number, {}, false}, {QStringLiteral("rh2m@0"), data::ColumnType::Number, {}, false}};
        m_signature.outputs = {QStringLiteral("t2m@+1"), QStringLiteral("t2m@+2"), QStringLiteral("rh2m@+1"), QStringLiteral("rh2m@+2")};
        m_signature.target = QStringLiteral("t2m");
    }
    const artifact::Signature &signature() const override { return m_signature; }
    Result<artifact::Predictions> score(const data::Rows &rows) const override {
        artifact::Predictions out;
        out.count = rows.count;
        out.outputs = 4;
        for (std::size_t i = 0; i < rows.count; ++i)
            out.values.insert(out.values.end(), {rows.row(i)[0], rows.row(i)[0] + 1, rows.row(i)[1], rows.row(i)[1] + 10});
        return out;
    }

private:
    artifact::Signature m_signature;
};

/// Folder names → models, in place of packages on disk.
class Shelf {
public:
    void put(const QString &folder, artifact::ScorerPtr scorer) { m_models->insert(folder, std::move(scorer)); }
    void remove(const QString &folder) { m_models->remove(folder); }
    artifact::ScorerLoader loader() const {
        return [models = m_models](const QString &folder) -> Result<artifact::ScorerPtr> {
            const auto found = models->constFind(folder);
            if (found == models->constEnd())
                return notFound(QStringLiteral("There is no package."), folder);
            return *found;
        };
    }

private:
    std::shared_ptr<QHash<QString, artifact::ScorerPtr>> m_models = std::make_shared<QHash<QString, artifact::ScorerPtr>>();
};

inline Revision revisionOf(int version, const QString &folder, const QString &operation = {}) {
    Revision r;
    r.model = QStringLiteral("t2m");
    r.version = version;
    r.digest = QStringLiteral("digest-%1").arg(version);
    r.folder = folder;
    r.by = QStringLiteral("ann");
    r.operation = operation;
    return r;
}

inline ServerOptions optionsFor(const QString &folder, const Shelf &shelf) {
    ServerOptions o;
    o.folder = folder;
    o.target = QStringLiteral("serving/t2m");
    o.model = QStringLiteral("t2m");
    o.loader = shelf.loader();
    o.apiKey = "the-api-key-of-this-test";
    o.adminToken = "the-admin-token-of-this-test";
    o.tickMs = 0;
    o.version = QStringLiteral("test");
    return o;
}

struct Answer {
    int status = 0;
    std::string head, body;
    std::string header(const std::string &name) const {
        const auto at = head.find("\r\n" + name + ": ");
        if (at == std::string::npos)
            return {};
        const auto from = at + name.size() + 4;
        return head.substr(from, head.find("\r\n", from) - from);
    }
    QJsonObject json() const { return QJsonDocument::fromJson(QByteArray::fromStdString(body)).object(); }
    QJsonArray list() const { return QJsonDocument::fromJson(QByteArray::fromStdString(body)).array(); }
};

/// One keep-alive connection, as plain as can be: what goes over the wire is what the test says.
class Wire {
public:
    explicit Wire(unsigned short port) {
        m_socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        timeval limit{20, 0};
        ::setsockopt(m_socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        const int one = 1;
        ::setsockopt(m_socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        m_open = ::connect(m_socket, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0;
    }
    ~Wire() { ::close(m_socket); }
    Wire(const Wire &) = delete;
    bool open() const { return m_open; }
    bool sendRaw(const std::string &bytes) { return ::send(m_socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) == ssize_t(bytes.size()); }
    /// The next answer; status 0 if the connection ended before one.
    Answer receive(bool toHead = false) {
        Answer answer;
        std::size_t end = std::string::npos;
        while ((end = m_buffer.find("\r\n\r\n")) == std::string::npos)
            if (!more())
                return answer;
        answer.head = m_buffer.substr(0, end + 2);
        std::size_t length = 0;
        if (const std::string text = answer.header("Content-Length"); !text.empty() && !toHead)
            length = std::stoul(text);
        while (m_buffer.size() < end + 4 + length)
            if (!more())
                return answer;
        answer.status = std::stoi(answer.head.substr(9, 3));
        answer.body = m_buffer.substr(end + 4, length);
        m_buffer.erase(0, end + 4 + length);
        return answer;
    }
    bool closedByServer() {
        while (true) {
            char c = 0;
            const ssize_t n = ::recv(m_socket, &c, 1, 0);
            if (n <= 0)
                return n == 0 || errno == ECONNRESET;
        }
    }
    Answer ask(const std::string &method, const std::string &path, const std::string &body = {}, const std::string &key = "the-api-key-of-this-test") {
        std::string text = method + ' ' + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
        if (!key.empty())
            text += "X-API-Key: " + key + "\r\n";
        if (!body.empty() || method == "POST")
            text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
        return sendRaw(text + "\r\n" + body) ? receive() : Answer();
    }
    Answer admin(const std::string &method, const std::string &path, const QJsonObject &body = {}) {
        return ask(method, path, method == "POST" ? QJsonDocument(body).toJson(QJsonDocument::Compact).toStdString() : std::string(), "the-admin-token-of-this-test");
    }

private:
    bool more() {
        char block[65536];
        const ssize_t n = ::recv(m_socket, block, sizeof block, 0);
        if (n <= 0)
            return false;
        m_buffer.append(block, std::size_t(n));
        return true;
    }
    int m_socket = -1;
    bool m_open = false;
    std::string m_buffer;
};

/// A server with one version in service.
struct Served {
    QTemporaryDir folder;
    Shelf shelf;
    std::shared_ptr<FixedClock> clock = std::make_shared<FixedClock>(QDateTime(QDate(2026, 3, 1), QTime(12, 0), Qt::UTC));
    std::unique_ptr<InferenceServer> server;
    ServerOptions options;
    Served() {
        shelf.put(QStringLiteral("v1"), std::make_shared<PlainScorer>(1000));
        shelf.put(QStringLiteral("v2"), std::make_shared<PlainScorer>(2000));
        shelf.put(QStringLiteral("v3"), std::make_shared<PlainScorer>(3000));
        options = optionsFor(folder.path(), shelf);
        options.clock = clock;
    }
    Result<void> start(bool withModel = true) {
        PH_ASSIGN(server, InferenceServer::start(options));
        if (withModel && !server->control().split()->stable)
            PH_TRY(server->control().start(revisionOf(1, QStringLiteral("v1")), {10, 50, 100}));
        return {};
    }
    unsigned short port() const { return server->port(); }
};

} // namespace pilothouse::serving::testing
