// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/demo/replay.h"

#include "core/base/file.h"
#include "core/base/json.h"

#include <QJsonArray>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>

namespace pilothouse::demo {

namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;
constexpr auto askAgainAfter = milliseconds(250); // for an endpoint that is not there
constexpr auto tellAfter = milliseconds(100);
constexpr std::size_t errorsKept = 200;
constexpr std::size_t labelsAtOnce = 20;
constexpr int longestWindow = 24 * 14;

/// Waits with a limit, a stop request ends it; false when stopped.
bool waitUntil(Steady::time_point when, std::stop_token token) {
    std::mutex lock;
    std::condition_variable_any condition;
    std::unique_lock held(lock);
    condition.wait_until(held, token, when, [] { return false; });
    return !token.stop_requested();
}

/// "ws2m@-3" is the column three hours before the newest.
struct Lag {
    QString column;
    int hours = 0;
};

Result<std::vector<Lag>> lagsOf(const QStringList &inputs, const QString &column) {
    std::vector<Lag> lags;
    for (const QString &name : inputs) {
        const qsizetype at = name.lastIndexOf(QLatin1Char('@'));
        bool ok = false;
        const int shift = name.mid(at + 1).toInt(&ok);
        if (at < 1 || !ok || shift > 0 || shift <= -longestWindow || !valueOf({}, name.left(at)))
            return invalid(QStringLiteral("The demo's station cannot fill the model's input “%1”.").arg(name), {},
                           QStringLiteral("It knows t2m, rh2m and ws2m of the last %1 hours, as ws2m@-3.").arg(longestWindow));
        lags.push_back({name.left(at), -shift});
    }
    for (int hours = 23; inputs.isEmpty() && hours >= 0; --hours)
        lags.push_back({column, hours});
    return lags;
}

/// A prediction that waits for what will be measured.
struct Open {
    std::size_t row = 0; ///< that it is about
    QString id;
    double prediction = 0;
    bool judged = false;
};

/// One model's conversation with its endpoint.
class Talk {
public:
    Talk(const ReplayTarget &target, net::HttpClient &http, std::stop_token token) : m_target(target), m_http(http), m_token(std::move(token)) {
        m_progress.model = target.model;
    }
    const TargetProgress &progress() const { return m_progress; }
    bool isThere() const { return !m_endpoint.url.isEmpty(); }

    /// Asks where the endpoint is, if it is not known; at most every askAgainAfter.
    void find() {
        if (isThere() || Steady::now() < m_askAt)
            return;
        m_askAt = Steady::now() + askAgainAfter;
        auto endpoint = m_target.endpoint();
        if (!endpoint) {
            m_progress.problem = endpoint.error().text();
            return;
        }
        auto lags = lagsOf(endpoint->inputs, m_target.column);
        if (!lags) {
            m_progress.problem = lags.error().text();
            return;
        }
        m_lags = *std::move(lags);
        m_endpoint = *std::move(endpoint);
    }

    /// @param hours the measured hours, newest last, whose row is `row`
    void predict(const std::deque<Hour> &hours, std::size_t row) {
        QJsonArray features;
        for (const Lag &lag : m_lags) {
            if (std::size_t(lag.hours) >= hours.size())
                return; // the station is too young for this window
            features << *valueOf(hours[hours.size() - 1 - std::size_t(lag.hours)], lag.column);
        }
        ++m_progress.sent;
        const auto answer = post(QStringLiteral("/predict"), {{QStringLiteral("features"), features}});
        if (!answer && answer.error().kind == ErrorKind::Cancelled) {
            --m_progress.sent; // the replay was stopped, the endpoint did not fail
            return;
        }
        if (!answer) {
            ++m_progress.failed;
            m_progress.problem = answer.error().text();
            return;
        }
        QJsonValue value = answer->value(QStringLiteral("prediction"));
        if (value.isObject())
            value = value.toObject().value(m_target.column); // of several targets the one that is looked at
        if (value.isArray())
            value = value.toArray().at(0); // the nearest hour of a longer horizon
        if (!value.isDouble()) {
            ++m_progress.failed;
            m_progress.problem = QStringLiteral("The endpoint of %1 answered without a prediction.").arg(m_target.model);
            return;
        }
        m_progress.problem.clear();
        m_open.push_back({row + 1, answer->value(QStringLiteral("prediction_id")).toString(), value.toDouble(), false});
    }

    /// The hour `row` was measured: judges what was said of it, and sends the labels that are `delay` hours old.
    void measured(const Hour &hour, std::size_t row, int delay) {
        const double truth = *valueOf(hour, m_target.column);
        for (Open &open : m_open)
            if (open.row == row && !open.judged) {
                open.judged = true;
                m_truths[open.row] = truth;
                m_errors.push_back(std::abs(open.prediction - truth));
                if (m_errors.size() > errorsKept)
                    m_errors.pop_front();
            }
        if (!m_errors.empty()) {
            double sum = 0;
            for (const double e : m_errors)
                sum += e;
            m_progress.meanAbsoluteError = sum / double(m_errors.size());
        }
        std::size_t due = 0;
        while (due < m_open.size() && m_open[due].row + std::size_t(delay) <= row)
            ++due;
        if (due >= labelsAtOnce)
            sendLabels(due);
    }

    /// Sends the first `count` open ones; at the end of the replay also those that are not late enough.
    void sendLabels(std::size_t count) {
        QJsonArray labels;
        for (std::size_t i = 0; i < std::min(count, m_open.size()); ++i)
            if (const auto truth = m_truths.find(m_open[i].row); truth != m_truths.end() && !m_open[i].id.isEmpty())
                labels << QJsonObject{{QStringLiteral("prediction_id"), m_open[i].id}, {QStringLiteral("value"), truth->second}};
        if (!isThere() || labels.isEmpty())
            return;
        if (const auto answer = post(QStringLiteral("/labels"), {{QStringLiteral("labels"), labels}}); !answer) {
            m_progress.problem = answer.error().text();
            if (m_open.size() < longestWindow)
                return; // kept for the next time
        } else
            m_progress.labelled += labels.size();
        const std::size_t last = m_open[std::min(count, m_open.size()) - 1].row;
        m_open.erase(m_open.begin(), m_open.begin() + std::ptrdiff_t(std::min(count, m_open.size())));
        m_truths.erase(m_truths.begin(), m_truths.upper_bound(last));
    }
    void sendAllLabels() {
        std::size_t judged = 0;
        while (judged < m_open.size() && m_open[judged].judged)
            ++judged;
        sendLabels(judged);
    }

private:
    Result<QJsonObject> post(const QString &path, const QJsonObject &body) {
        net::Request request;
        request.method = "POST";
        request.url = m_endpoint.url + path;
        request.headers = m_endpoint.headers;
        request.headers.push_back({"Content-Type", "application/json"});
        request.body = canonicalJson(body);
        request.timeoutMs = 5000;
        request.idempotent = false; // a prediction sent twice would be logged twice
        auto response = m_http.send(request, m_token);
        if (!response && response.error().kind == ErrorKind::Cancelled)
            return response.error();
        if (!response || response->status == 401 || response->status == 403) {
            const Error error = response ? net::statusError(request, *response) : response.error();
            m_endpoint.url.clear(); // it may have moved, or got another key: ask again
            return error;
        }
        if (response->status >= 400)
            return net::statusError(request, *response);
        return parseJsonObject(response->body, request.url);
    }

    const ReplayTarget &m_target;
    net::HttpClient &m_http;
    std::stop_token m_token;
    ReplayEndpoint m_endpoint;
    std::vector<Lag> m_lags;
    Steady::time_point m_askAt{};
    std::deque<Open> m_open; ///< by row
    std::map<std::size_t, double> m_truths;
    std::deque<double> m_errors;
    TargetProgress m_progress;
};

/// The station's clockwork: the series, the file it grows, the talks.
class Replay {
public:
    Replay(net::HttpClient &http, const ReplayOptions &options, const std::function<void(const ReplayProgress &)> &onProgress, std::stop_token token)
        : m_options(options), m_onProgress(onProgress), m_token(token) {
        for (const ReplayTarget &target : options.targets)
            m_talks.push_back(std::make_unique<Talk>(target, http, token));
    }

    Result<ReplayProgress> run() {
        PH_ASSIGN(m_state, readStation(m_options.folder));
        if (!m_state.driftFrom && m_options.driftAfter)
            m_state.driftFrom = m_state.rows + *m_options.driftAfter;
        m_series = std::make_unique<Series>(SeriesOptions{m_state.seed, m_state.driftFrom});
        while (m_series->row() < m_state.rows)
            keep(m_series->next());
        PH_TRY(loop());
        for (const auto &talk : m_talks)
            if (!m_token.stop_requested())
                talk->sendAllLabels();
        PH_TRY(write());
        tell(true);
        return m_progress;
    }

private:
    Result<void> loop() {
        auto next = Steady::now();
        for (std::size_t passed = 0; !m_token.stop_requested() && (m_options.hours == 0 || passed < m_options.hours);) {
            bool anyThere = false;
            for (const auto &talk : m_talks) {
                talk->find();
                anyThere = anyThere || talk->isThere();
            }
            if (!anyThere) { // nobody listens: time stands still
                tell(false);
                if (!waitUntil(Steady::now() + askAgainAfter, m_token))
                    break;
                next = Steady::now();
                continue;
            }
            hourPasses();
            ++passed;
            if (passed % std::size_t(std::max(1, m_options.writeEveryHours)) == 0)
                PH_TRY(write());
            tell(false);
            next = std::max(next + milliseconds(m_options.millisecondsPerHour), Steady::now() - milliseconds(100)); // no burst after a pause
            if (m_options.millisecondsPerHour > 0 && !waitUntil(next, m_token))
                break;
        }
        return {};
    }

    void keep(const Hour &hour) {
        m_hours.push_back(hour);
        if (m_hours.size() > longestWindow)
            m_hours.pop_front();
    }

    void hourPasses() {
        const std::size_t row = m_series->row();
        keep(m_series->next());
        m_state.rows = row + 1;
        m_progress.row = row;
        m_progress.hour = m_hours.back().time;
        m_progress.drifting = m_state.driftFrom && row >= *m_state.driftFrom;
        for (const auto &talk : m_talks) {
            if (m_token.stop_requested())
                return;
            talk->measured(m_hours.back(), row, m_options.labelDelayHours);
            if (talk->isThere())
                talk->predict(m_hours, row);
        }
    }

    /// Only a drift that has begun is remembered: the next replay may set another start.
    Result<void> write() {
        StationState state = m_state;
        if (state.driftFrom && *state.driftFrom >= state.rows)
            state.driftFrom.reset();
        return writeStation(m_options.folder, state);
    }

    void tell(bool now) {
        if (!now && Steady::now() < m_tellAt)
            return;
        m_tellAt = Steady::now() + tellAfter;
        m_progress.targets.clear();
        for (const auto &talk : m_talks)
            m_progress.targets.push_back(talk->progress());
        if (m_onProgress)
            m_onProgress(m_progress);
    }

    const ReplayOptions &m_options;
    const std::function<void(const ReplayProgress &)> &m_onProgress;
    std::stop_token m_token;
    std::vector<std::unique_ptr<Talk>> m_talks;
    StationState m_state;
    std::unique_ptr<Series> m_series;
    std::deque<Hour> m_hours;
    ReplayProgress m_progress;
    Steady::time_point m_tellAt{};
};

} // namespace

Result<ReplayProgress> replay(net::HttpClient &http, const ReplayOptions &options, const std::function<void(const ReplayProgress &)> &onProgress,
                              std::stop_token token) {
    for (const ReplayTarget &target : options.targets)
        if (!valueOf({}, target.column))
            return invalid(QStringLiteral("The demo's station does not measure “%1”; it knows t2m, rh2m and ws2m.").arg(target.column), target.model);
    if (options.targets.empty())
        return invalid(QStringLiteral("The replay was given no model to send traffic to."));
    auto lock = FileLock::tryAcquire(options.folder + QStringLiteral("/data/replay.lock"));
    if (!lock)
        return Error{ErrorKind::Conflict, QStringLiteral("Another program is replaying this demo."), options.folder,
                     QStringLiteral("Stop it first; one station has one clock."), lock.error().what};
    return Replay(http, options, onProgress, token).run();
}

} // namespace pilothouse::demo
