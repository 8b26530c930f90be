// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/estate/stand_in.h"

#include "core/base/result.h"

#include <QStringList>

#include <memory>
#include <vector>

namespace pilothouse::estate {

/// The time that all stand-ins share. Any thread.
class EstateClock {
public:
    explicit EstateClock(double speed = 1, QDateTime from = QDateTime::currentDateTimeUtc());
    QDateTime now() const;
    void setSpeed(double speed); ///< 0: it stands still
    double speed() const;
    void advance(double seconds);

private:
    struct Parts;
    std::shared_ptr<Parts> m_parts;
};

struct EstateOptions {
    QString folder;      ///< NAME.json of each stand-in and clock.json; made if missing; empty: nothing is kept
    double speed = 1;    ///< of the clock
    bool ticks = true;   ///< what happens by itself does so without a call too
};

/// Stand-ins, each listening on its own loopback port, one lock each, with one clock, and a control port:
///   POST /estate/NAME/VERB {…}   what StandIn::control() knows, and for all of them:
///     slow {"seconds": s}        each answer of it waits so long (real time); 0 ends it
///     answer {"status", "body", "type", "headers": {…}, "times": n}   its next n answers, whatever is asked: a proxy's HTML, 503, 429 with Retry-After
///   GET /estate/NAME/state · POST /estate/clock {"advance_seconds", "speed"} · GET /estate
class Estate {
public:
    static Result<std::unique_ptr<Estate>> start(const EstateOptions &options, std::vector<std::unique_ptr<StandIn>> standIns);
    ~Estate(); ///< stops and writes the state
    QStringList names() const;
    QString url(const QString &name) const; ///< "http://127.0.0.1:PORT", without a slash; "control" too; empty: no such one
    QJsonObject urls() const;               ///< what --port-file holds
    QJsonObject control(const QString &name, const QString &verb, const QJsonObject &details);
    EstateClock &clock();

    struct Impl;

private:
    explicit Estate(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace pilothouse::estate
