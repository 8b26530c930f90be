// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/pipelines/jenkins_pipelines.h"
#include "tests/support/loopback_server.h"

#include <QMap>
#include <QStringList>
#include <QUrl>

#include <mutex>

namespace pilothouse::support {

/// A Jenkins that answers what a test tells: replies by method and path (without context path and query), as they stand on the wire.
class JenkinsWire {
public:
    struct Reply {
        int status = 200;
        QByteArray body, headers;
        bool cut = false, silent = false; ///< the connection breaks in the body, or before any reply
    };

    JenkinsWire() : m_server([this](LoopbackServer::Connection &connection, int) { serve(connection); }) {}

    void set(const char *call, const QByteArray &body, int status = 200, const QByteArray &headers = {}) {
        Reply reply;
        reply.status = status;
        reply.body = body;
        reply.headers = headers;
        put(call, reply);
    }
    void put(const char *call, const Reply &reply) {
        const std::lock_guard lock(m_lock);
        m_replies.insert(QString::fromLatin1(call), reply);
    }
    QStringList calls() const {
        const std::lock_guard lock(m_lock);
        return m_calls;
    }
    int count(const char *call) const { return int(calls().count(QString::fromLatin1(call))); }
    /// The last request of a call, whole.
    QByteArray last(const char *call) const {
        const std::lock_guard lock(m_lock);
        return m_requests.value(QString::fromLatin1(call));
    }
    QString url() const { return m_server.url("/jenkins"); }

    std::shared_ptr<pipelines::PipelineService> open(QMap<QString, QString> other = {}, QStringList jobs = {}) {
        pipelines::PipelineConnection c;
        c.connection.name = QStringLiteral("ci");
        c.connection.kind = QStringLiteral("jenkins");
        c.connection.url = url() + QLatin1Char('/');
        c.connection.user = QStringLiteral("ada");
        c.connection.secret = QStringLiteral("jenkins-token");
        c.connection.other = std::move(other);
        c.jobs = std::move(jobs);
        c.http = m_http;
        c.clock = clock;
        c.authorization = []() -> Result<QByteArray> { return QByteArrayLiteral("Basic YWRhOnRva2Vu"); };
        c.secret = [](const QString &name) -> Result<QString> { return QStringLiteral("value-of-") + name; };
        c.modelOf.insert(QStringLiteral("weather/retrain"), QStringLiteral("t2m"));
        auto opened = pipelines::openJenkins(std::move(c));
        return opened ? *opened : nullptr;
    }
    std::shared_ptr<FixedClock> clock = std::make_shared<FixedClock>(QDateTime(QDate(2026, 11, 23), QTime(10, 0), Qt::UTC));

private:
    void serve(LoopbackServer::Connection &connection) {
        for (;;) {
            const QByteArray request = connection.readRequest();
            if (request.isEmpty())
                return;
            const QList<QByteArray> words = request.left(request.indexOf('\r')).split(' ');
            QByteArray path = words.value(1);
            const QByteArray query = path.contains('?') ? path.mid(path.indexOf('?')) : QByteArray();
            path = path.left(path.size() - query.size());
            if (path.startsWith("/jenkins/"))
                path = path.mid(8);
            Reply reply;
            {
                const std::lock_guard lock(m_lock);
                const QString call = QString::fromLatin1(words.value(0) + ' ' + path);
                m_calls += call;
                m_requests.insert(call, request);
                // With the query where a test says so, else without.
                const QString exact = call + QString::fromLatin1(query);
                if (m_replies.contains(exact) || m_replies.contains(call)) {
                    reply = m_replies.value(m_replies.contains(exact) ? exact : call);
                } else {
                    reply.status = 404;
                    reply.body = "<html><head><title>Not Found</title></head><body>Not Found</body></html>";
                }
            }
            if (reply.silent) {
                connection.breakOff();
                return;
            }
            if (reply.cut) {
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + QByteArray::number(reply.body.size() + 100) + "\r\n\r\n" + reply.body);
                return;
            }
            if (!connection.reply(reply.status, reply.body, reply.headers))
                return;
        }
    }
    std::shared_ptr<net::HttpClient> m_http = std::make_shared<net::HttpClient>();
    mutable std::mutex m_lock;
    QMap<QString, Reply> m_replies;
    QMap<QString, QByteArray> m_requests;
    QStringList m_calls;
    LoopbackServer m_server; ///< last: its threads end before what they use
};

/// Builds of the job weather/retrain: 42 waits for an answer, 41 failed, 40 passed.
inline void playRetrain(JenkinsWire &wire) {
    const QByteArray builds = "[{\"number\":42,\"displayName\":\"#42\",\"result\":null,\"building\":true,\"timestamp\":1763891000000,\"duration\":0,\"queueId\":17,\"actions\":[{\"_class\":\"hudson.model.CauseAction\","
                              "\"causes\":[{\"_class\":\"hudson.model.Cause$UserIdCause\",\"shortDescription\":\"Started by user Ada\",\"userId\":\"ada\"}]}]},"
                              "{\"number\":41,\"result\":\"FAILURE\",\"building\":false,\"timestamp\":1763800000000,\"duration\":60000,\"actions\":[]},"
                              "{\"number\":40,\"result\":\"SUCCESS\",\"building\":false,\"timestamp\":1763700000000,\"duration\":90000,\"actions\":[]}]";
    const QByteArray parameters = "\"property\":[{\"parameterDefinitions\":[{\"name\":\"SITE\",\"type\":\"ChoiceParameterDefinition\",\"choices\":[\"hamburg\",\"bremen\"],\"defaultParameterValue\":{\"value\":\"hamburg\"}},"
                                  "{\"name\":\"KEY\",\"type\":\"PasswordParameterDefinition\"}]}]";
    const QByteArray job = "{\"_class\":\"org.jenkinsci.plugins.workflow.job.WorkflowJob\",\"name\":\"retrain\",\"fullName\":\"weather/retrain\",\"color\":\"blue_anime\",\"buildable\":true," + parameters + ",\"builds\":" + builds + "}";
    wire.set("GET /api/json", "{\"jobs\":[{\"_class\":\"com.cloudbees.hudson.plugins.folder.Folder\",\"name\":\"weather\",\"fullName\":\"weather\",\"jobs\":[" + job +
                                  ",{\"_class\":\"org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject\",\"name\":\"app\",\"fullName\":\"weather/app\",\"jobs\":[{\"_class\":\"org.jenkinsci.plugins.workflow.job.WorkflowJob\","
                                  "\"name\":\"feature%2Fx\",\"fullName\":\"weather/app/feature%2Fx\",\"color\":\"disabled\",\"buildable\":false,\"builds\":[]}]}]},"
                                  "{\"_class\":\"hudson.model.FreeStyleProject\",\"name\":\"other\",\"fullName\":\"other\",\"color\":\"red\",\"buildable\":true,\"builds\":[]}]}");
    wire.set("GET /job/weather/job/retrain/api/json", job);
    wire.set("GET /job/weather/job/retrain/42/api/json", builds.mid(1, builds.indexOf("},{\"number\":41")));
    wire.set("GET /job/weather/job/retrain/41/api/json", "{\"number\":41,\"result\":\"FAILURE\",\"building\":false,\"timestamp\":1763800000000,\"duration\":60000,\"actions\":[]}");
    wire.set("GET /queue/api/json", "{\"items\":[]}");
    const QByteArray paused = "{\"id\":\"42\",\"name\":\"#42\",\"status\":\"PAUSED_PENDING_INPUT\",\"startTimeMillis\":1763891000000,\"stages\":[{\"id\":\"6\",\"name\":\"Train\",\"status\":\"SUCCESS\",\"startTimeMillis\":1763891000000,\"durationMillis\":40000},"
                              "{\"id\":\"12\",\"name\":\"Approve Promotion\",\"status\":\"PAUSED_PENDING_INPUT\",\"startTimeMillis\":1763891040000,\"durationMillis\":5}]}";
    wire.set("GET /job/weather/job/retrain/42/wfapi/describe", paused);
    wire.set("GET /job/weather/job/retrain/wfapi/runs",
             "[" + paused + ",{\"id\":\"41\",\"name\":\"#41\",\"status\":\"FAILED\",\"startTimeMillis\":1763800000000,\"stages\":[{\"id\":\"6\",\"name\":\"Train\",\"status\":\"FAILED\",\"startTimeMillis\":1763800000000,\"durationMillis\":60000}]},"
             "{\"id\":\"40\",\"name\":\"#40\",\"status\":\"SUCCESS\",\"startTimeMillis\":1763700000000,\"stages\":[{\"id\":\"6\",\"name\":\"Train\",\"status\":\"SUCCESS\",\"startTimeMillis\":1763700000000,\"durationMillis\":50000}]}]");
    wire.set("GET /job/weather/job/retrain/41/wfapi/describe", "{\"status\":\"FAILED\",\"stages\":[{\"id\":\"6\",\"name\":\"Train\",\"status\":\"FAILED\",\"startTimeMillis\":1763800000000,\"durationMillis\":60000}]}");
    wire.set("GET /job/weather/job/retrain/41/execution/node/6/wfapi/describe",
             "{\"id\":\"6\",\"status\":\"FAILED\",\"stageFlowNodes\":[{\"id\":\"7\",\"name\":\"Shell Script\",\"status\":\"FAILED\",\"error\":{\"message\":\"script returned exit code 1\",\"type\":\"hudson.AbortException\"},\"_links\":{\"log\":{\"href\":\"/jenkins/x\"}}},"
             "{\"id\":\"9\",\"name\":\"Print Message\",\"status\":\"SUCCESS\",\"_links\":{\"log\":{\"href\":\"/jenkins/x\"}}}]}");
    wire.set("GET /job/weather/job/retrain/42/wfapi/pendingInputActions",
             "[{\"id\":\"Promote\",\"proceedText\":\"Promote it\",\"message\":\"Promote t2m v30?\",\"inputs\":[{\"type\":\"ChoiceParameterDefinition\",\"name\":\"TARGET\",\"definition\":{\"defaultVal\":\"staging\",\"choices\":[\"staging\",\"production\"]}},"
             "{\"type\":\"BooleanParameterDefinition\",\"name\":\"NOTIFY\",\"definition\":{\"defaultVal\":true}}],\"proceedUrl\":\"/jenkins/job/weather/job/retrain/42/wfapi/inputSubmit?inputId=Promote\","
             "\"abortUrl\":\"/jenkins/job/weather/job/retrain/42/input/Promote/abort\",\"redirectApprovalUrl\":\"/jenkins/job/weather/job/retrain/42/input/\"}]");
    wire.set("GET /job/weather/job/retrain/42/execution/node/12/wfapi/describe",
             "{\"id\":\"12\",\"stageFlowNodes\":[{\"id\":\"13\",\"name\":\"Wait for interactive input\",\"parameterDescription\":\"Promote t2m v30?\",\"status\":\"PAUSED_PENDING_INPUT\",\"startTimeMillis\":1763891041000}]}");
    wire.set("GET /job/weather/job/retrain/42/logText/progressiveText", "Train\n[Pipeline] timeout\nTimeout set to expire in 2 hr 0 min\n[Pipeline] {\n[Pipeline] input\nInput requested\n", 200, "X-Text-Size: 120\r\nX-More-Data: true\r\n");
    wire.set("GET /job/weather/job/retrain/config.xml",
             "<?xml version='1.1' encoding='UTF-8'?><flow-definition><properties><org.jenkinsci.plugins.workflow.job.properties.PipelineTriggersJobProperty><triggers><hudson.triggers.TimerTrigger><spec>0 2 * * *</spec></hudson.triggers.TimerTrigger>"
             "</triggers></org.jenkinsci.plugins.workflow.job.properties.PipelineTriggersJobProperty></properties><definition><script>stage('Approve Promotion') { input id: 'promote', message: 'Promote t2m v30?', submitter: 'ml-leads,grace' }</script></definition>"
             "<disabled>false</disabled></flow-definition>");
    wire.set("GET /whoAmI/api/json", "{\"name\":\"ada\",\"authorities\":[\"authenticated\",\"ml-leads\"],\"anonymous\":false,\"authenticated\":true}");
}

} // namespace pilothouse::support
