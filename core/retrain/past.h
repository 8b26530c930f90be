// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/retrain/policy.h"

#include <map>
#include <utility>
#include <vector>

namespace pilothouse::retrain {

/// One thing that became known at a time. A label that came late is known from when it came, not from when its row was asked.
struct Fact {
    enum class Kind {
        Version,  ///< a version was made: version; trained on data with MD5 `text`, empty: not known
        Champion, ///< version is the champion from here on
        Tested,   ///< metric `text` of the test rows of version is `value`
        Label,    ///< a labelled row of version: sequence, row, truth, predicted; of `text`, one of several targets, empty: there is one; asked at `time`
        Measured, ///< metric `text`, or "mae yesterday", was `value`, by `source`; on `rows` labelled rows, 0: it does not say
        Drift,    ///< the worst column is `text` with a PSI of `value`
        Data,     ///< the data's MD5 is `text`
        Retrain,  ///< a retraining was attempted
        NewestRow,     ///< the newest row of the data is of `time`
        SourceChanged, ///< the data's source was changed at `time`
        Answered,      ///< `rows` rows were answered that were asked at `time`
        RowsYesterday, ///< `value` rows were answered on the day before
    } kind = Kind::Measured;
    QDateTime known;
    QString text, source;
    int version = 0;
    double value = 0;
    double truth = 0, predicted = 0;
    qint64 sequence = 0, row = 0, rows = 0;
    QDateTime time = {};     ///< what the fact is about, where that is not when it was known
    std::size_t classes = 0; ///< Label of a classification: truth and predicted are indices
};

/// What was known at a time: facts are learned in the order of their times, and one that lies after the clock is refused. It
/// holds nothing else, so that whoever decides by observations() cannot have seen what came later.
class KnownAt {
public:
    /// @param minimumRows  labelled rows below which a metric is not judged  @param zone  by whose clocks days are
    explicit KnownAt(qint64 minimumRows = 100, const QTimeZone &zone = QTimeZone::utc());
    /// Internal if `now` goes back.
    Result<void> advance(const QDateTime &now);
    /// Internal if the fact was not known yet at the clock's time.
    Result<void> learn(const Fact &fact);
    /// What the replay itself decided at the clock's time: the memory of its rules; a retraining counts as the newest model, trained on the data of then.
    void decided(const Decision &decision);
    /// As observe() sees it: live metrics from enough labelled rows of the champion, else those that were measured, else its test rows'.
    /// The best values are those of what was seen up to now.
    Observations observations();

private:
    struct Window {
        std::map<std::pair<qint64, qint64>, std::pair<double, double>> rows; ///< the newest `liveWindow`: sequence and row → truth, predicted
        std::size_t classes = 0;
        bool changed = false;
        std::map<QString, double> values; ///< metrics of the rows, while nothing changed
    };
    /// What was answered on one day, and what is labelled of it.
    struct Day {
        qint64 answered = 0;
        std::map<QString, Window> labels; ///< by target
    };
    void judge(Window &window, const QString &target);
    void addYesterday(Observations &seen);
    void better(const QString &metric, double value);

    qint64 m_minimumRows;
    QTimeZone m_zone;
    QDateTime m_now;
    std::map<QDate, Day> m_days; ///< the last two
    std::optional<QDate> m_logged; ///< first day of which an answer is known
    std::optional<int> m_champion;
    std::map<int, std::map<QString, double>> m_tested;
    std::map<int, QString> m_trainedOn;
    std::map<int, std::map<QString, Window>> m_labels; ///< by version and target
    std::optional<QDateTime> m_newest, m_lastRetrain;
    std::optional<QString> m_simulatedOn; ///< MD5 of the data at the replay's own last retraining
    Observations m_seen;                  ///< what facts say outright; the rest is made anew each time
};

} // namespace pilothouse::retrain
