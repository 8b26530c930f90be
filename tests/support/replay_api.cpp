// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/replay_api.h"

#include "tests/support/loopback_server.h"
#include "tests/support/replay_objects.h"

#include <QUrl>
#include <QUrlQuery>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

namespace pilothouse::support {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

struct Change {
    qint64 version;
    const char *type;
    ReplayObject object;
};

/// What a request is about.
struct Asked {
    QByteArray plural, space, name;
    QByteArray app; ///< of labelSelector: the value of the label "app"; other labels select nothing here
    bool known = false, pods = false, watch = false, table = false, initial = false;
    bool log = false, follow = false; ///< of a pod
    qint64 from = -1; ///< resourceVersion; −1: none
    int limit = 0, seconds = 0;
    QByteArray next;
    QUrl url;
};

Asked askedOf(const QByteArray &request) {
    Asked asked;
    const QByteArray target = request.mid(4, request.indexOf(' ', 4) - 4);
    asked.url = QUrl::fromEncoded("http://x" + target);
    const QUrlQuery query(asked.url);
    const auto value = [&](const char *key) { return query.queryItemValue(QLatin1String(key), QUrl::FullyDecoded).toUtf8(); };
    const auto on = [&](const char *key) { return value(key) == "1" || value(key) == "true"; };
    const QList<QByteArray> parts = asked.url.path().toUtf8().split('/'); // "", api, v1, [namespaces, NS,] pods
    const int group = parts.value(1) == "api" ? 3 : 4;
    const bool inSpace = parts.value(group) == "namespaces" && parts.size() > group + 2;
    asked.space = inSpace ? parts.value(group + 1) : QByteArray();
    asked.plural = parts.value(inSpace ? group + 2 : group);
    asked.name = parts.value(inSpace ? group + 3 : group + 1);
    asked.pods = parts.value(1) == "api" && asked.plural == "pods";
    asked.known = asked.pods || (parts.value(2) == "apps" && asked.plural == "deployments");
    asked.watch = on("watch");
    asked.log = asked.pods && parts.value(inSpace ? group + 4 : group + 2) == "log";
    asked.follow = on("follow");
    asked.initial = on("sendInitialEvents");
    asked.table = request.contains("as=Table");
    asked.from = value("resourceVersion").isEmpty() ? -1 : value("resourceVersion").toLongLong();
    asked.limit = value("limit").toInt();
    asked.seconds = value("timeoutSeconds").toInt();
    asked.next = value("continue");
    for (const QByteArray &term : value("labelSelector").split(','))
        if (const qsizetype is = term.indexOf('='); term.left(is) == "app")
            asked.app = term.mid(term.lastIndexOf('=') + 1);
    return asked;
}

QByteArray status(int code, const char *reason, const char *message) {
    return R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":")" + QByteArray(message) + R"(","reason":")" + reason + R"(","code":)" + QByteArray::number(code) + "}";
}

const char *const webPage = "<!DOCTYPE html>\n<html><body>Please log in</body></html>\n";

} // namespace

struct ReplayApi::Impl {
    using Connection = LoopbackServer::Connection;
    explicit Impl(const ReplayOptions &given) : options(given), random(given.seed) {
        for (int i = 0; i < options.pods; ++i)
            create(true, i);
        for (int i = 0; i < options.deployments; ++i)
            create(false, i);
        history.clear();
        forgotten = version;
        server = std::make_unique<LoopbackServer>([this](Connection &connection, int) { serve(connection); });
    }
    ~Impl() {
        setChurn(0);
        {
            const std::lock_guard lock(mutex);
            ending = true;
        }
        changed.notify_all();
        server.reset();
    }

    const ReplayOptions options;
    std::mutex mutex;
    std::condition_variable changed;
    std::mt19937_64 random, faultRandom;
    double faultRate = 0;
    bool ending = false;
    qint64 version = 1000, forgotten = 0;
    std::map<int, ReplayObject> podObjects, deploymentObjects;
    std::deque<Change> history;
    std::map<QByteArray, std::vector<ReplayObject>> snapshots; ///< of lists that are read page by page
    int snapshotNumber = 0, nextPod = 0, cutNumber = 0, cutLeft = 0;
    std::atomic<qint64> sent = 0, changes = 0, faultCount = 0;
    std::atomic<int> running = 0;
    std::atomic<int> rate = 0;
    std::thread churner;
    std::unique_ptr<LoopbackServer> server;

    std::map<int, ReplayObject> &objects(bool pods) { return pods ? podObjects : deploymentObjects; }

    void note(const char *type, const ReplayObject &object) {
        history.push_back({object.version, type, object});
        ++changes;
        while (int(history.size()) > options.history) {
            forgotten = history.front().version;
            history.pop_front();
        }
    }
    void create(bool pod, int number) {
        ReplayObject object;
        object.pod = pod;
        object.number = number;
        object.incarnation = int(random() % 10000);
        object.version = ++version;
        object.state = pod && random() % 50 == 0 ? int(1 + random() % 4) : 0;
        object.ready = object.desired;
        objects(pod)[number] = object;
        nextPod = pod ? std::max(nextPod, number + 1) : nextPod;
        note("ADDED", object);
    }
    void changeOne() {
        const bool pod = deploymentObjects.empty() || random() % 10 != 0;
        auto &all = objects(pod);
        const auto what = random() % 20;
        if (all.empty() || (what == 0 && pod && int(all.size()) < options.pods + 50)) {
            const int again = int(random() % std::size_t(std::max(1, nextPod))); // a name that was there comes back as another object
            create(pod, !pod ? 0 : all.contains(again) ? nextPod : again);
            return;
        }
        auto it = all.lower_bound(int(random() % std::size_t(all.rbegin()->first + 1)));
        ReplayObject &object = it->second;
        object.version = ++version;
        if (what == 1 && pod) {
            note("DELETED", object);
            all.erase(it);
            return;
        }
        if (pod) {
            object.state = random() % 4 == 0 ? int(random() % 6) : 0;
            object.restarts += object.state == 2 ? 1 : 0;
        } else {
            object.ready = int(random() % std::size_t(object.desired + 1));
            object.restarts += random() % 5 == 0 ? 1 : 0;
        }
        note("MODIFIED", object);
    }
    void setChurn(int perSecond) {
        rate = 0;
        if (churner.joinable())
            churner.join();
        rate = perSecond;
        if (perSecond > 0)
            churner = std::thread([this, perSecond] {
                const auto begun = Clock::now();
                for (qint64 done = 0; rate > 0;) {
                    std::this_thread::sleep_for(milliseconds(10));
                    const qint64 due = std::chrono::duration_cast<milliseconds>(Clock::now() - begun).count() * perSecond / 1000;
                    {
                        const std::lock_guard lock(mutex);
                        for (; done < due; ++done)
                            changeOne();
                    }
                    changed.notify_all();
                }
            });
    }

    bool faulty() { // mutex is held
        const bool now = faultRate > 0 && std::uniform_real_distribution<double>(0, 1)(faultRandom) < faultRate;
        faultCount += now ? 1 : 0;
        return now;
    }
    int pick(int count) { return int(faultRandom() % std::size_t(count)); }

    bool write(Connection &connection, const QByteArray &bytes) {
        sent += bytes.size();
        return connection.write(bytes);
    }
    bool reply(Connection &connection, int code, const QByteArray &body, const char *type = "application/json", const QByteArray &more = {}) {
        return write(connection, "HTTP/1.1 " + QByteArray::number(code) + " X\r\nContent-Type: " + type + "\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n" + more + "\r\n" + body);
    }
    static QByteArray chunk(const QByteArray &bytes) { return QByteArray::number(bytes.size(), 16) + "\r\n" + bytes + "\r\n"; }

    void serve(Connection &connection) {
        for (;;) {
            const QByteArray request = connection.readRequest();
            if (request.isEmpty())
                return;
            const Asked asked = askedOf(request);
            if (!answer(connection, asked))
                return;
        }
    }
    bool answer(Connection &connection, const Asked &asked) {
        if (discovery(connection, asked))
            return true;
        if (asked.plural == "replicasets" && !asked.watch) // as after a cleaning: deployments have no history here
            return reply(connection, 200, R"({"kind":"ReplicaSetList","apiVersion":"apps/v1","metadata":{"resourceVersion":"1"},"items":[]})");
        if (!asked.known)
            return reply(connection, 404, status(404, "NotFound", "the server could not find the requested resource"));
        int fault = -1;
        {
            const std::lock_guard lock(mutex);
            if (faulty())
                fault = pick(8);
        }
        switch (fault) {
        case 0: return reply(connection, 500, status(500, "InternalError", "etcdserver: leader changed"));
        case 1: return reply(connection, 429, status(429, "TooManyRequests", "please try again later"), "application/json", "Retry-After: 0\r\n");
        case 2: return reply(connection, 200, webPage, "text/html");
        case 3: connection.breakOff(); return false;
        case 4: return false;
        case 5: return reply(connection, 410, status(410, "Expired", "The provided continue parameter is too old"));
        case 6: return reply(connection, 401, status(401, "Unauthorized", "Unauthorized"));
        case 7: (void)reply(connection, 200, list(asked).left(3000), "application/json"); return false;
        default: break;
        }
        if (asked.log)
            return log(connection, asked);
        if (!asked.name.isEmpty())
            return one(connection, asked);
        if (asked.watch)
            return watch(connection, asked);
        const QByteArray body = list(asked);
        return body.isEmpty() ? reply(connection, 410, status(410, "Expired", "The provided continue parameter is too old to display a consistent list result")) : reply(connection, 200, body);
    }
    bool one(Connection &connection, const Asked &asked) {
        QByteArray body;
        {
            const std::lock_guard lock(mutex);
            for (const auto &[number, object] : objects(asked.pods))
                if (fits(asked, object) && replayName(object) == asked.name)
                    body = replayJson(object);
        }
        return body.isEmpty() ? reply(connection, 404, status(404, "NotFound", "not found")) : reply(connection, 200, body);
    }
    /// Twenty lines of its start; who follows is kept, as a kubelet does while the container runs.
    bool log(Connection &connection, const Asked &asked) {
        QByteArray lines;
        for (int i = 0; i < 20; ++i)
            lines += "2026-11-20T06:00:" + QByteArray::number(10 + i) + ".000000000Z level=info msg=\"served a batch\" pod=" + asked.name + " rows=" + QByteArray::number(64 + i) + "\n";
        if (!asked.follow)
            return reply(connection, 200, lines, "text/plain");
        if (!write(connection, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(lines)))
            return false;
        std::unique_lock lock(mutex);
        const int cutSeen = cutNumber;
        changed.wait(lock, [&] { return ending || cutNumber != cutSeen; });
        return false;
    }
    bool discovery(Connection &connection, const Asked &asked) {
        const QString path = asked.url.path();
        const auto resources = [](const char *version, const char *name, const char *kind, const char *brief) {
            return QByteArray(R"({"kind":"APIResourceList","apiVersion":"v1","groupVersion":")") + version + R"(","resources":[{"name":")" + name + R"(","singularName":"","namespaced":true,"kind":")" + kind +
                   R"(","verbs":["get","list","watch"],"shortNames":[")" + brief + R"("]}]})";
        };
        if (path == QLatin1String("/api"))
            return reply(connection, 200, R"({"kind":"APIVersions","versions":["v1"],"serverAddressByClientCIDRs":[]})");
        if (path == QLatin1String("/apis"))
            return reply(connection, 200, R"({"kind":"APIGroupList","apiVersion":"v1","groups":[{"name":"apps","versions":[{"groupVersion":"apps/v1","version":"v1"}],"preferredVersion":{"groupVersion":"apps/v1","version":"v1"}}]})");
        if (path == QLatin1String("/api/v1"))
            return reply(connection, 200, resources("v1", "pods", "Pod", "po"));
        if (path == QLatin1String("/apis/apps/v1"))
            return reply(connection, 200, resources("apps/v1", "deployments", "Deployment", "deploy"));
        if (path == QLatin1String("/version"))
            return reply(connection, 200, R"({"major":"1","minor":"36","gitVersion":"v1.36.3"})");
        return false;
    }

    static bool fits(const Asked &asked, const ReplayObject &object) { return object.pod == asked.pods && (asked.space.isEmpty() || replaySpace(object) == asked.space) && (asked.app.isEmpty() || replayOwner(object) == asked.app); }

    std::vector<ReplayObject> snapshot(const Asked &asked) {
        std::vector<ReplayObject> all;
        for (const auto &[number, object] : objects(asked.pods))
            if (fits(asked, object))
                all.push_back(object);
        return all;
    }

    /// Empty: the continue token is too old.
    QByteArray list(const Asked &asked) {
        std::vector<ReplayObject> all;
        QByteArray at, key, next;
        std::size_t first = 0;
        {
            const std::lock_guard lock(mutex);
            if (asked.next.isEmpty()) {
                all = snapshot(asked);
                at = QByteArray::number(version);
                if (asked.limit > 0 && all.size() > std::size_t(asked.limit)) {
                    key = QByteArray::number(++snapshotNumber) + '.' + at;
                    snapshots[key] = all;
                    while (snapshots.size() > 8)
                        snapshots.erase(snapshots.begin());
                }
            } else {
                key = asked.next.left(asked.next.lastIndexOf('.'));
                const auto kept = snapshots.find(key);
                if (kept == snapshots.end())
                    return {};
                all = kept->second;
                at = key.mid(key.indexOf('.') + 1);
                first = std::size_t(asked.next.mid(asked.next.lastIndexOf('.') + 1).toInt());
            }
            const std::size_t end = asked.limit > 0 ? std::min(all.size(), first + std::size_t(asked.limit)) : all.size();
            if (end < all.size())
                next = key + '.' + QByteArray::number(qint64(end));
            else
                snapshots.erase(key);
            all = std::vector<ReplayObject>(all.begin() + qsizetype(first), all.begin() + qsizetype(end));
        }
        const QByteArray head = R"("metadata":{"resourceVersion":")" + at + '"' + (next.isEmpty() ? QByteArray() : R"(,"continue":")" + next + '"') + "}";
        QByteArray body = asked.table ? R"({"kind":"Table","apiVersion":"meta.k8s.io/v1",)" + head + R"(,"columnDefinitions":)" + replayColumns(asked.pods) + R"(,"rows":[)"
                                      : R"({"kind":")" + QByteArray(asked.pods ? "PodList" : "DeploymentList") + R"(","apiVersion":")" + (asked.pods ? "v1" : "apps/v1") + R"(",)" + head + R"(,"items":[)";
        body.reserve(qsizetype(all.size()) * 5000);
        bool comma = false;
        for (const ReplayObject &object : all) {
            if (std::exchange(comma, true))
                body += ',';
            body += asked.table ? replayTableRow(object) : replayJson(object);
        }
        return body + "]}";
    }

    static QByteArray line(const Asked &asked, const char *type, const ReplayObject &object) {
        const QByteArray body = asked.table ? R"({"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{"resourceVersion":")" + QByteArray::number(object.version) + R"("},"columnDefinitions":null,"rows":[)" + replayTableRow(object) + "]}"
                                            : replayJson(object);
        return R"({"type":")" + QByteArray(type) + R"(","object":)" + body + "}\n";
    }
    static QByteArray bookmark(const Asked &asked, qint64 at, bool end) {
        return R"({"type":"BOOKMARK","object":{"kind":")" + QByteArray(asked.pods ? "Pod" : "Deployment") + R"(","apiVersion":")" + (asked.pods ? "v1" : "apps/v1") + R"(","metadata":{"resourceVersion":")" + QByteArray::number(at) + '"' +
               (end ? R"(,"annotations":{"k8s.io/initial-events-end":"true"})" : "") + "}}}\n";
    }
    static QByteArray errorLine(int code, const char *reason) { return R"({"type":"ERROR","object":)" + status(code, reason, "too old resource version") + "}\n"; }

    bool watch(Connection &connection, const Asked &asked) {
        std::vector<ReplayObject> first;
        qint64 at = asked.from;
        int cutSeen = 0;
        {
            const std::lock_guard lock(mutex);
            cutSeen = cutNumber;
            if (asked.initial && options.streamingLists)
                first = snapshot(asked);
            if (at < 0 || asked.initial)
                at = version;
        }
        if (asked.initial && !options.streamingLists)
            return reply(connection, 422, status(422, "Invalid", "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled"));
        if (!write(connection, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"))
            return false;
        ++running;
        bool goOn = true;
        QByteArray block;
        for (const ReplayObject &object : first) {
            block += line(asked, "ADDED", object);
            if (block.size() > 60000)
                goOn = goOn && write(connection, chunk(std::exchange(block, {})));
        }
        if (asked.initial)
            block += bookmark(asked, at, true);
        {
            const std::lock_guard lock(mutex);
            cutSeen = cutNumber; // a list is not cut: its last bytes would be lost with it, on a busy machine each time
        }
        goOn = goOn && (block.isEmpty() || write(connection, chunk(block))) && follow(connection, asked, at, cutSeen);
        --running;
        return goOn && write(connection, "0\r\n\r\n");
    }
    /// The changes as they come. False: the connection is broken.
    bool follow(Connection &connection, const Asked &asked, qint64 at, int cutSeen) {
        const auto until = Clock::now() + (options.streamMs ? milliseconds(options.streamMs) : milliseconds(1000 * (asked.seconds ? asked.seconds : 300)));
        auto marked = Clock::now();
        for (;;) {
            std::vector<Change> news;
            bool expired = false;
            int fault = -1;
            const qint64 before = at;
            {
                std::unique_lock lock(mutex);
                const auto wakeAt = std::min(until, Clock::now() + milliseconds(options.bookmarkMs ? options.bookmarkMs : 3600000));
                changed.wait_until(lock, wakeAt, [&] { return ending || version > at || cutNumber != cutSeen; });
                if (cutNumber != std::exchange(cutSeen, cutNumber) && cutLeft != 0) {
                    --cutLeft;
                    connection.breakOff();
                    return false;
                }
                if (ending)
                    return false;
                expired = at < forgotten;
                auto change = std::upper_bound(history.begin(), history.end(), at, [](qint64 v, const Change &c) { return v < c.version; });
                for (; !expired && change != history.end(); ++change)
                    if (fits(asked, change->object))
                        news.push_back(*change);
                if (!expired)
                    at = version;
                if (!expired && !news.empty() && faulty())
                    fault = disturb(news, asked);
            }
            if (expired)
                return write(connection, chunk(errorLine(410, "Expired")));
            const bool mark = news.empty() && options.bookmarkMs && !asked.table && Clock::now() - marked >= milliseconds(options.bookmarkMs);
            if (mark)
                marked = Clock::now();
            if (!deliver(connection, asked, news, fault, before, at, mark))
                return false;
            if (fault == 5 || fault == 6)
                return true;
            if (Clock::now() >= until)
                return true;
        }
    }
    /// Changes what is sent, or gives back how the stream is disturbed. The mutex is held.
    int disturb(std::vector<Change> &news, const Asked &asked) {
        switch (const int fault = pick(10)) {
        case 0: // twice
            for (std::size_t i = 0, count = news.size(); i < count; ++i)
                news.push_back(news[i]);
            return fault;
        case 1: std::reverse(news.begin(), news.end()); return fault; // out of order
        case 2: { // one from long ago
            const Change &old = history[faultRandom() % history.size()];
            if (fits(asked, old.object))
                news.insert(news.begin() + pick(int(news.size())), old);
            return fault;
        }
        default: return fault;
        }
    }
    bool deliver(Connection &connection, const Asked &asked, const std::vector<Change> &news, int fault, qint64 before, qint64 at, bool mark) {
        QByteArray block;
        for (const Change &change : news)
            block += line(asked, change.type, change.object);
        if (mark)
            block = bookmark(asked, at, false);
        switch (fault) {
        case 3: // in the middle of a line
            (void)write(connection, chunk(block.left(block.size() / 2)));
            connection.breakOff();
            return false;
        case 4: (void)write(connection, chunk(block.left(block.size() * 2 / 3))); return false;
        case 5: return write(connection, chunk(errorLine(410, "Gone")));
        case 6: return write(connection, chunk(errorLine(500, "InternalError")));
        case 7: (void)write(connection, chunk(block.left(block.indexOf('\n') + 1) + "%!garbage\n" + block.mid(block.indexOf('\n') + 1))); return false;
        case 8: block.prepend(bookmark(asked, before > 1100 ? before - 100 : before, false)); break;
        case 9: // nothing any more, and the socket stays open
            std::this_thread::sleep_for(milliseconds(2500));
            return false;
        default: break;
        }
        return block.isEmpty() || write(connection, chunk(block));
    }
};

ReplayApi::ReplayApi(const ReplayOptions &options) : m_impl(std::make_unique<Impl>(options)) {}
ReplayApi::~ReplayApi() = default;
int ReplayApi::port() const { return m_impl->server->port(); }
QString ReplayApi::url() const { return QStringLiteral("http://127.0.0.1:%1").arg(port()); }
void ReplayApi::churn(int perSecond) { m_impl->setChurn(perSecond); }
int ReplayApi::streams() const { return m_impl->running; }
qint64 ReplayApi::bytesSent() const { return m_impl->sent; }
qint64 ReplayApi::changes() const { return m_impl->changes; }
qint64 ReplayApi::faults() const { return m_impl->faultCount; }

void ReplayApi::change(int count) {
    {
        const std::lock_guard lock(m_impl->mutex);
        for (int i = 0; i < count; ++i)
            m_impl->changeOne();
    }
    m_impl->changed.notify_all();
}

void ReplayApi::setFaults(double rate, quint64 seed) {
    const std::lock_guard lock(m_impl->mutex);
    m_impl->faultRate = rate;
    m_impl->faultRandom.seed(seed);
}

void ReplayApi::cut(int streams) {
    {
        const std::lock_guard lock(m_impl->mutex);
        ++m_impl->cutNumber;
        m_impl->cutLeft = streams < 0 ? 1 << 30 : streams;
    }
    m_impl->changed.notify_all();
}

void ReplayApi::forget() {
    {
        const std::lock_guard lock(m_impl->mutex);
        m_impl->history.clear();
        m_impl->forgotten = ++m_impl->version;
        m_impl->snapshots.clear();
    }
    m_impl->changed.notify_all();
}

quint64 ReplayApi::digest() const {
    const std::lock_guard lock(m_impl->mutex);
    quint64 sum = 0;
    for (const auto &[number, object] : m_impl->podObjects) {
        quint64 hash = 14695981039346656037ull;
        for (const char c : replaySpace(object) + '/' + replayName(object) + ' ' + QByteArray::number(object.version))
            hash = (hash ^ quint8(c)) * 1099511628211ull;
        sum += hash;
    }
    return sum;
}

QList<QByteArray> ReplayApi::objects(const QByteArray &plural) const {
    const std::lock_guard lock(m_impl->mutex);
    QList<QByteArray> all;
    for (const auto &[number, object] : m_impl->objects(plural == "pods"))
        all.append(replayJson(object));
    return all;
}

} // namespace pilothouse::support
