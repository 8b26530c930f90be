// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/estate/estate.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/serving/http_server.h"

#include <QFileInfo>
#include <QJsonArray>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace pilothouse::estate {

using Q = QLatin1String;

struct EstateClock::Parts {
    mutable std::mutex lock;
    double speed = 1;
    QDateTime from;
    std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();
    QDateTime now() const {
        const double passed = std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
        return from.addMSecs(qint64(passed * speed * 1000));
    }
    void rebase() {
        from = now();
        since = std::chrono::steady_clock::now();
    }
};

EstateClock::EstateClock(double speed, QDateTime from) : m_parts(std::make_shared<Parts>()) {
    m_parts->speed = speed;
    m_parts->from = from.toUTC();
}

QDateTime EstateClock::now() const {
    const std::lock_guard lock(m_parts->lock);
    return m_parts->now();
}

double EstateClock::speed() const {
    const std::lock_guard lock(m_parts->lock);
    return m_parts->speed;
}

void EstateClock::setSpeed(double speed) {
    const std::lock_guard lock(m_parts->lock);
    m_parts->rebase();
    m_parts->speed = std::max(0.0, speed);
}

void EstateClock::advance(double seconds) {
    const std::lock_guard lock(m_parts->lock);
    m_parts->from = m_parts->from.addMSecs(qint64(seconds * 1000));
}

namespace {

/// HttpReply wants a type that outlives it.
const char *kept(const QByteArray &type) {
    static std::mutex lock;
    static std::set<QByteArray> types;
    const std::lock_guard guard(lock);
    return types.insert(type).first->constData();
}

Call callOf(const serving::HttpRequest &request) {
    Call call;
    call.method = QByteArray::fromStdString(request.method);
    call.path = QString::fromStdString(request.path);
    QString query = QString::fromStdString(request.query);
    query.replace(QLatin1Char('+'), Q("%20"));
    call.query = QUrlQuery(query);
    call.body = QByteArray::fromStdString(request.body);
    for (const auto &[name, value] : request.headers)
        call.headers.emplace_back(QByteArray::fromStdString(name).toLower(), QByteArray::fromStdString(value));
    return call;
}

void put(const Answer &answer, serving::HttpReply &reply) {
    reply.status = answer.status;
    reply.contentType = kept(answer.type);
    reply.body = answer.body.toStdString();
    for (const auto &[name, value] : answer.headers)
        reply.headers += name.toStdString() + ": " + value.toStdString() + "\r\n";
}

/// A listening port in front of a function.
class Port final : public serving::HttpHandler {
public:
    std::function<Answer(const Call &)> ask;
    std::unique_ptr<serving::HttpServer> server;
    bool handle(const serving::HttpRequest &, serving::HttpReply &) override { return false; }
    void handleSlow(const serving::HttpRequest &request, serving::HttpReply &reply) override { put(ask(callOf(request)), reply); }
    void fail(int status, std::string_view what, serving::HttpReply &reply) override {
        reply.status = status;
        reply.contentType = "text/plain";
        reply.body.assign(what.data(), what.size());
    }
    Result<void> listen() {
        serving::HttpLimits limits;
        limits.keepHeaders = true;
        limits.ioThreads = 1;
        limits.slowThreads = 4;
        limits.bodyBytes = 256u << 20; // job inputs and pipeline packages
        limits.headerBytes = 64u << 10;
        limits.requestSeconds = 60;
        PH_ASSIGN(server, serving::HttpServer::listen("127.0.0.1", 0, limits, *this));
        return {};
    }
    QString url() const { return QStringLiteral("http://127.0.0.1:%1").arg(server->port()); }
};

/// One stand-in with its port, its lock and the faults put upon it.
struct Place {
    std::unique_ptr<StandIn> standIn;
    Port port;
    std::recursive_timed_mutex lock; ///< a stand-in may be told something by one that it told something itself
    std::atomic<int> slowMs{0};
    std::mutex faultLock;
    int faultTimes = 0;
    Answer fault;
};

} // namespace

struct Estate::Impl {
    EstateOptions options;
    EstateClock clock;
    std::map<QString, std::unique_ptr<Place>> places;
    Port controlPort;
    std::mutex tickLock;
    std::condition_variable tickWake;
    bool stopping = false;
    std::thread ticker;

    Answer answer(Place &place, const Call &call) {
        if (const int wait = place.slowMs.load(); wait > 0)
            std::this_thread::sleep_for(std::chrono::milliseconds(wait));
        {
            const std::lock_guard guard(place.faultLock);
            if (place.faultTimes > 0) {
                --place.faultTimes;
                return place.fault;
            }
        }
        const std::lock_guard guard(place.lock);
        place.standIn->advance(clock.now());
        return place.standIn->answer(call);
    }

    /// Two stand-ins that tell each other something at the same moment would wait for ever: one is told that the other is busy.
    QJsonObject control(const QString &name, const QString &verb, const QJsonObject &details) {
        const auto found = places.find(name);
        if (found == places.end())
            return {{Q("error"), QStringLiteral("There is no stand-in “%1”.").arg(name)}};
        Place &place = *found->second;
        if (verb == Q("slow")) {
            place.slowMs = std::max(0, int(details.value(Q("seconds")).toDouble() * 1000));
            return {{Q("ok"), true}};
        }
        if (verb == Q("answer"))
            return setFault(place, details);
        const std::unique_lock guard(place.lock, std::chrono::seconds(5));
        if (!guard.owns_lock())
            return {{Q("error"), QStringLiteral("%1 is busy.").arg(name)}};
        place.standIn->advance(clock.now());
        return place.standIn->control(verb, details);
    }

    QJsonObject setFault(Place &place, const QJsonObject &details) {
        const std::lock_guard guard(place.faultLock);
        place.faultTimes = details.value(Q("times")).toInt(1);
        const QJsonValue body = details.value(Q("body"));
        place.fault = Answer::text(body.isString() ? body.toString().toUtf8() : compactJson(body), details.value(Q("status")).toInt(503), details.value(Q("type")).toString(QStringLiteral("text/html")).toUtf8());
        const QJsonObject headers = details.value(Q("headers")).toObject();
        for (auto it = headers.begin(); it != headers.end(); ++it)
            place.fault.headers.emplace_back(it.key().toUtf8(), it.value().toVariant().toString().toUtf8());
        return {{Q("ok"), true}};
    }

    void advanceAll() {
        for (auto &[name, place] : places) {
            const std::unique_lock guard(place->lock, std::chrono::seconds(1));
            if (guard.owns_lock())
                place->standIn->advance(clock.now());
        }
    }

    void save() {
        if (options.folder.isEmpty())
            return;
        for (auto &[name, place] : places) {
            QJsonObject state;
            {
                const std::lock_guard guard(place->lock);
                state = place->standIn->state();
            }
            if (!state.isEmpty())
                (void)writeFileAtomically(options.folder + QLatin1Char('/') + name + Q(".json"), compactJson(state)); // tried again in a moment, and at the end
        }
        (void)writeFileAtomically(options.folder + Q("/clock.json"), compactJson(QJsonObject{{Q("now"), clock.now().toString(Qt::ISODateWithMs)}}));
    }

    void tick() {
        int rounds = 0;
        std::unique_lock guard(tickLock);
        while (!stopping) {
            tickWake.wait_for(guard, std::chrono::milliseconds(500));
            if (stopping)
                break;
            guard.unlock();
            advanceAll();
            if (++rounds % 20 == 0)
                save();
            guard.lock();
        }
    }

    Answer controlAnswer(const Call &call) {
        const QStringList parts = call.path.mid(1).split(QLatin1Char('/'));
        if (parts.value(0) != Q("estate"))
            return Answer::json(QJsonObject{{Q("error"), QStringLiteral("Control is below /estate.")}}, 404);
        if (parts.size() == 1)
            return Answer::json(urls());
        if (parts.value(1) == Q("clock"))
            return setClock(call);
        const auto found = places.find(parts.value(1));
        if (found == places.end() || parts.size() != 3)
            return Answer::json(QJsonObject{{Q("error"), QStringLiteral("There is no %1.").arg(call.path)}}, 404);
        if (call.method == "GET" && parts.value(2) == Q("state")) {
            const std::lock_guard guard(found->second->lock);
            found->second->standIn->advance(clock.now());
            return Answer::json(found->second->standIn->state());
        }
        if (call.method != "POST")
            return Answer::json(QJsonObject{{Q("error"), QStringLiteral("A verb is told with POST.")}}, 405);
        const QJsonObject done = control(parts.value(1), parts.value(2), call.json());
        return Answer::json(done, done.contains(Q("error")) ? 400 : 200);
    }

    Answer setClock(const Call &call) {
        const QJsonObject wanted = call.json();
        if (call.method == "POST") {
            if (wanted.contains(Q("speed")))
                clock.setSpeed(wanted.value(Q("speed")).toDouble(1));
            if (wanted.contains(Q("advance_seconds")))
                clock.advance(wanted.value(Q("advance_seconds")).toDouble());
            advanceAll();
        }
        return Answer::json(QJsonObject{{Q("now"), clock.now().toString(Qt::ISODateWithMs)}, {Q("speed"), clock.speed()}});
    }

    QString url(const QString &name) const {
        if (name == Q("control"))
            return controlPort.url();
        const auto found = places.find(name);
        return found == places.end() ? QString() : found->second->port.url();
    }

    QJsonObject urls() const {
        QJsonObject out{{Q("control"), controlPort.url()}};
        for (const auto &[name, place] : places)
            out.insert(name, place->port.url());
        return out;
    }
};

Estate::Estate(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}

Result<std::unique_ptr<Estate>> Estate::start(const EstateOptions &options, std::vector<std::unique_ptr<StandIn>> standIns) {
    auto impl = std::make_unique<Impl>();
    Impl *raw = impl.get();
    impl->options = options;
    QDateTime from = QDateTime::currentDateTimeUtc();
    if (!options.folder.isEmpty()) {
        PH_TRY(makeFolder(options.folder, true));
        if (const auto text = readFile(options.folder + Q("/clock.json"))) // what was set on must not run back
            if (const auto json = parseJsonObject(*text, options.folder))
                from = std::max(from, QDateTime::fromString(json->value(Q("now")).toString(), Qt::ISODateWithMs));
    }
    impl->clock = EstateClock(options.speed, from);
    for (auto &one : standIns) {
        auto place = std::make_unique<Place>();
        place->standIn = std::move(one);
        Place *there = place.get();
        place->port.ask = [raw, there](const Call &call) { return raw->answer(*there, call); };
        place->standIn->urlOf = [raw](const QString &name) { return raw->url(name); };
        place->standIn->tell = [raw](const QString &name, const QString &verb, const QJsonObject &details) { return raw->control(name, verb, details); };
        PH_TRY(place->port.listen());
        impl->places.emplace(place->standIn->name(), std::move(place));
    }
    impl->controlPort.ask = [raw](const Call &call) { return raw->controlAnswer(call); };
    PH_TRY(impl->controlPort.listen());
    for (auto &[name, place] : impl->places) { // all have ports by now
        place->standIn->advance(impl->clock.now());
        const QString file = options.folder + QLatin1Char('/') + name + Q(".json");
        if (!options.folder.isEmpty() && QFileInfo::exists(file)) {
            PH_ASSIGN(const QByteArray text, readFile(file));
            PH_ASSIGN(const QJsonObject state, parseJsonObject(text, file));
            place->standIn->restore(state);
        }
        place->port.server->begin();
    }
    impl->controlPort.server->begin();
    if (options.ticks)
        impl->ticker = std::thread([raw] { raw->tick(); });
    return std::unique_ptr<Estate>(new Estate(std::move(impl)));
}

Estate::~Estate() {
    {
        const std::lock_guard guard(m_impl->tickLock);
        m_impl->stopping = true;
    }
    m_impl->tickWake.notify_all();
    if (m_impl->ticker.joinable())
        m_impl->ticker.join();
    m_impl->controlPort.server->stop(1);
    for (auto &[name, place] : m_impl->places)
        place->port.server->stop(1);
    m_impl->save();
}

QStringList Estate::names() const {
    QStringList out;
    for (const auto &[name, place] : m_impl->places)
        out << name;
    return out;
}
QString Estate::url(const QString &name) const { return m_impl->url(name); }
QJsonObject Estate::urls() const { return m_impl->urls(); }
QJsonObject Estate::control(const QString &name, const QString &verb, const QJsonObject &details) { return m_impl->control(name, verb, details); }
EstateClock &Estate::clock() { return m_impl->clock; }

} // namespace pilothouse::estate
