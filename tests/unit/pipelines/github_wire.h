// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/http.h"
#include "core/pipelines/github_pipelines.h"
#include "tests/support/loopback_server.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTemporaryDir>

#include <map>

namespace pilothouse::pipelines {

/// Exact wire replies by "METHOD /path" (without /api/v3; with a query that counts before the same without one); what is not there is GitHub's 404. Remembers what was asked.
struct GitHubWire {
    struct Reply {
        int status = 200;
        QByteArray body, headers;
        bool cut = false; ///< the connection breaks off in the middle of the body
    };
    GitHubWire()
        : server([this](support::LoopbackServer::Connection &c, int) {
              for (QByteArray request; !(request = c.readRequest()).isEmpty();) {
                  const QByteArray line = request.left(request.indexOf('\r')), target = line.split(' ').value(1);
                  QByteArray path = target.left(target.indexOf('?') < 0 ? target.size() : target.indexOf('?'));
                  if (path.startsWith("/api/v3"))
                      path.remove(0, 7);
                  const QByteArray key = line.split(' ').value(0) + ' ' + path;
                  Reply reply{404, "{\"message\":\"Not Found\"}", {}, false};
                  {
                      const std::lock_guard lock(mutex);
                      requests.push_back(request);
                      asked << key;
                      times.push_back(std::chrono::steady_clock::now());
                      if (const auto exact = replies.find(key + target.mid(target.indexOf('?') < 0 ? target.size() : target.indexOf('?'))); exact != replies.end())
                          reply = exact->second;
                      else if (const auto found = replies.find(key); found != replies.end())
                          reply = found->second;
                  }
                  const qsizetype etag = reply.headers.indexOf("ETag: ");
                  const QByteArray value = etag < 0 ? QByteArray() : reply.headers.mid(etag + 6, reply.headers.indexOf('\r', etag) - etag - 6);
                  if (reply.status == 200 && !value.isEmpty() && request.contains("If-None-Match: " + value + "\r\n")) {
                      {
                          const std::lock_guard lock(mutex);
                          ++free; // before it is answered: who asked may look at once
                      }
                      c.write("HTTP/1.1 304 Not Modified\r\nETag: " + value + "\r\n\r\n");
                      continue;
                  }
                  if (reply.cut) {
                      c.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + reply.body.left(10));
                      return;
                  }
                  if (reply.status == 0) // taken, and the answer is lost
                      return;
                  if (reply.status == 204)
                      c.write("HTTP/1.1 204 No Content\r\n\r\n");
                  else
                      c.reply(reply.status, reply.body, reply.headers);
              }
          }) {}
    void set(const char *key, const QJsonObject &json, const QByteArray &headers = {}, int status = 200) { raw(key, {status, QJsonDocument(json).toJson(), headers, false}); }
    void setList(const char *key, const QJsonArray &json) { raw(key, {200, QJsonDocument(json).toJson(), {}, false}); }
    void raw(const char *key, Reply reply) {
        const std::lock_guard lock(mutex);
        replies[key] = std::move(reply);
    }
    int count(const char *key) const {
        const std::lock_guard lock(mutex);
        return int(asked.count(key));
    }
    int all() const {
        const std::lock_guard lock(mutex);
        return int(requests.size());
    }
    QByteArray last(const char *key) const {
        const std::lock_guard lock(mutex);
        return requests.value(asked.lastIndexOf(key));
    }
    std::shared_ptr<GitHubPipelines> open(const QString &repo = QStringLiteral("api"), const QString &jobs = {}) {
        PipelineConnection c;
        c.connection.name = QStringLiteral("gh");
        c.connection.kind = QStringLiteral("github");
        c.connection.url = server.url("");
        c.connection.other = {{QStringLiteral("owner"), QStringLiteral("team")}, {QStringLiteral("repo"), repo}, {QStringLiteral("jobs"), jobs}};
        c.http = http;
        c.authorization = [] { return Result<QByteArray>(QByteArray("Bearer sesame-0123")); };
        c.clock = clock;
        c.folder = folder.filePath(QStringLiteral("gh"));
        c.modelOf = {{QStringLiteral("deploy.yml"), QStringLiteral("housing")}};
        return std::make_shared<GitHubPipelines>(c, githubRepositories(c.connection));
    }

    std::map<QByteArray, Reply> replies;
    mutable std::mutex mutex;
    QList<QByteArray> requests;
    QByteArrayList asked;
    std::vector<std::chrono::steady_clock::time_point> times;
    int free = 0;
    QTemporaryDir folder;
    std::shared_ptr<FixedClock> clock = std::make_shared<FixedClock>(QDateTime(QDate(2026, 11, 23), QTime(12, 0), Qt::UTC));
    std::shared_ptr<net::HttpClient> http = std::make_shared<net::HttpClient>();
    support::LoopbackServer server; // last: it ends before what its threads use
};

inline QJsonObject wireRun(qint64 id, const char *status, const char *conclusion = "", int attempt = 1) {
    return {{QStringLiteral("id"), id}, {QStringLiteral("name"), QStringLiteral("Deploy")}, {QStringLiteral("display_title"), QStringLiteral("Deploy v34")}, {QStringLiteral("path"), QStringLiteral(".github/workflows/deploy.yml")},
            {QStringLiteral("run_number"), 7}, {QStringLiteral("run_attempt"), attempt}, {QStringLiteral("event"), QStringLiteral("workflow_dispatch")}, {QStringLiteral("status"), QLatin1String(status)},
            {QStringLiteral("conclusion"), *conclusion ? QJsonValue(QLatin1String(conclusion)) : QJsonValue()}, {QStringLiteral("head_sha"), QStringLiteral("3f1c2ab900000000000000000000000000000000")}, {QStringLiteral("head_branch"), QStringLiteral("main")},
            {QStringLiteral("actor"), QJsonObject{{QStringLiteral("login"), QStringLiteral("ada")}}}, {QStringLiteral("created_at"), QStringLiteral("2026-11-23T12:00:00Z")},
            {QStringLiteral("run_started_at"), QStringLiteral("2026-11-23T12:00:00Z")}, {QStringLiteral("updated_at"), QStringLiteral("2026-11-23T12:05:00Z")}, {QStringLiteral("html_url"), QStringLiteral("https://github.com/team/api/actions/runs/%1").arg(id)}};
}

inline QJsonObject wireJob(qint64 id, const char *name, const char *status, const char *conclusion = "", int attempt = 1, const QJsonArray &steps = {}) {
    const QString minute = QStringLiteral("2026-11-23T12:%1:").arg(attempt, 2, 10, QLatin1Char('0'));
    return {{QStringLiteral("id"), id}, {QStringLiteral("name"), QLatin1String(name)}, {QStringLiteral("status"), QLatin1String(status)}, {QStringLiteral("conclusion"), *conclusion ? QJsonValue(QLatin1String(conclusion)) : QJsonValue()},
            {QStringLiteral("run_attempt"), attempt}, {QStringLiteral("started_at"), minute + QStringLiteral("00Z")}, {QStringLiteral("completed_at"), *conclusion ? QJsonValue(minute + QStringLiteral("30Z")) : QJsonValue()}, {QStringLiteral("steps"), steps}};
}

inline QJsonObject wireStep(const char *name, const char *status, const char *conclusion = "") {
    return {{QStringLiteral("name"), QLatin1String(name)}, {QStringLiteral("status"), QLatin1String(status)}, {QStringLiteral("conclusion"), *conclusion ? QJsonValue(QLatin1String(conclusion)) : QJsonValue()},
            {QStringLiteral("started_at"), QStringLiteral("2026-11-23T12:01:00Z")}, {QStringLiteral("completed_at"), *conclusion ? QJsonValue(QStringLiteral("2026-11-23T12:01:09Z")) : QJsonValue()}};
}

inline QJsonObject wireRuns(const QJsonArray &runs) { return {{QStringLiteral("total_count"), int(runs.size())}, {QStringLiteral("workflow_runs"), runs}}; }
inline QJsonObject wireJobs(const QJsonArray &jobs) { return {{QStringLiteral("total_count"), int(jobs.size())}, {QStringLiteral("jobs"), jobs}}; }

} // namespace pilothouse::pipelines
