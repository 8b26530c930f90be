// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/accuracy_report.h"

#include "core/fleet/report_parts.h"

#include <QSet>

#include <algorithm>
#include <cmath>

namespace pilothouse::fleet {

namespace {

using namespace report;
using serving::AccuracyBucket;
using serving::MetricReading;

constexpr std::size_t widestSlices = 6; ///< columns of slices that fit on paper

const QString none = QStringLiteral("–");

QString h2(const QString &text) { return QStringLiteral("<h2>%1</h2>\n").arg(escaped(text)); }
QString paragraph(const QString &text) { return text.isEmpty() ? QString() : QStringLiteral("<p>%1</p>\n").arg(escaped(text)); }
QString number(double v) { return std::isfinite(v) ? QString::number(v, 'g', 4).replace(QLatin1Char('-'), QChar(0x2212)) : none; }
QString interval(const MetricReading &r) { return std::isfinite(r.low) && std::isfinite(r.high) ? QStringLiteral("%1 … %2").arg(number(r.low), number(r.high)) : none; }
/// A number in four figures, else as it is.
QString valueText(const QString &text) {
    bool isNumber = false;
    const double value = text.toDouble(&isNumber);
    return isNumber && text.contains(QLatin1Char('.')) ? number(value) : text;
}
QString versionsText(const std::vector<int> &versions) {
    QStringList texts;
    for (const int v : versions)
        texts << (v > 0 ? QStringLiteral("v%1").arg(v) : none);
    return texts.join(QStringLiteral(", "));
}

/// The whole time that the page tells of, where moments stand in it.
struct Axis {
    qint64 from = 0, to = 1;
    double at(qint64 ms) const { return double(ms - from) / double(std::max<qint64>(1, to - from)); }
    double middle(const CalendarSpan &span) const { return at(span.from + (span.to - span.from) / 2); }
};

class Page {
public:
    Page(const QString &model, const AccuracyView &view) : m_model(model), m_view(view) {
        const auto &buckets = view.series.buckets;
        if (!buckets.empty())
            m_axis = {buckets.front().span.from, buckets.back().span.to};
        if (view.estimated)
            for (const auto &[span, _] : view.estimated->stretches)
                m_axis = {std::min(m_axis.from, span.from), std::max(m_axis.to, span.to)};
    }

    QString body(const std::optional<AccuracyWhy> &why, const QDateTime &made) const {
        return head(made) + chart() + stretches() + estimates() + deploys() + slices() + (why ? whyPart(*why) : QString()) + definitions();
    }
    QString title() const { return QStringLiteral("Accuracy of %1: %2 by %3").arg(m_model, m_view.title, calendarStepName(m_view.how.step)); }

private:
    QString spanName(const CalendarSpan &span) const { return calendarSpanName(span, m_view.how.step, m_view.how.zone); }
    QString momentText(qint64 ms) const {
        const QDateTime there = QDateTime::fromMSecsSinceEpoch(ms, m_view.how.zone);
        return there.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")) + QLatin1Char(' ') + m_view.how.zone.displayName(there, QTimeZone::OffsetName);
    }

    QString shortMoment(qint64 ms) const { return QDateTime::fromMSecsSinceEpoch(ms, m_view.how.zone).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")); } ///< the zone is told once, above
    /// "mae was 1.2 (1.0 … 1.4) on 2026-03-29; the best stretch had 1.0."
    QString answer() const {
        const AccuracyBucket *newest = nullptr, *best = nullptr;
        for (const AccuracyBucket &b : m_view.series.buckets) {
            if (!std::isfinite(b.own.value))
                continue;
            newest = &b;
            if (!best || (m_view.series.largerIsBetter ? b.own.value > best->own.value : b.own.value < best->own.value))
                best = &b;
        }
        if (!newest)
            return m_view.labelled == 0 ? QStringLiteral("No label has come yet: nothing is known of how right the predictions were.") : QStringLiteral("No stretch has the %1 labelled rows that a value needs.").arg(m_view.how.minimumRows);
        QString text = QStringLiteral("%1 was %2 (95 %: %3) in the newest stretch that can be told, %4").arg(m_view.title, number(newest->own.value), interval(newest->own), spanName(newest->span));
        text += newest == best ? QStringLiteral(", the best of all.") : QStringLiteral("; the best was %1, %2.").arg(number(best->own.value), spanName(best->span));
        return text;
    }

    QString head(const QDateTime &made) const {
        const double share = m_view.predictions > 0 ? 100.0 * double(m_view.labelled) / double(m_view.predictions) : 0;
        QString out = QStringLiteral("<h1>%1</h1>\n").arg(escaped(title())) + paragraph(answer());
        out += facts({{QStringLiteral("Model"), escaped(m_model)},
                      {QStringLiteral("Metric"), escaped(QStringLiteral("%1, %2 is better").arg(m_view.title, m_view.series.largerIsBetter ? QStringLiteral("larger") : QStringLiteral("smaller")))},
                      {QStringLiteral("Time"), m_view.series.buckets.empty() ? QString() : escaped(QStringLiteral("%1 to %2").arg(momentText(m_axis.from), momentText(m_axis.to)))},
                      {QStringLiteral("Predictions"), escaped(QStringLiteral("%1, of which %2 have a label (%3 %)").arg(m_view.predictions).arg(m_view.labelled).arg(share, 0, 'f', 1))},
                      {QStringLiteral("Time zone"), escaped(QString::fromUtf8(m_view.how.zone.id()))},
                      {QStringLiteral("Written"), escaped(made.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")) + QStringLiteral(" UTC"))}});
        for (const QString &note : m_view.notes)
            out += paragraph(note);
        return out;
    }

    QString chart() const {
        std::vector<TimePoint> own, rolling, estimated;
        qint64 reached = m_axis.from;
        for (const AccuracyBucket &b : m_view.series.buckets) {
            if (b.span.from > reached) // nothing was asked between
                own.push_back({m_axis.at(reached), NAN, NAN, NAN, {}});
            reached = b.span.to;
            own.push_back({m_axis.middle(b.span), b.own.value, b.own.low, b.own.high, QStringLiteral("%1: %2 (%3), %4 labels").arg(spanName(b.span), number(b.own.value), interval(b.own)).arg(b.labelled)});
            rolling.push_back({m_axis.middle(b.span), b.rolling.value, NAN, NAN, {}});
        }
        if (m_view.estimated)
            for (const auto &[span, e] : m_view.estimated->stretches)
                estimated.push_back({m_axis.middle(span), e.value, e.low, e.high, QStringLiteral("%1: estimated %2").arg(spanName(span), number(e.value))});
        std::vector<TimeMark> marks;
        for (const serving::DeployMarker &d : m_view.deploys)
            marks.push_back({m_axis.at(d.timeMs), QStringLiteral("v%1").arg(d.version)});
        const QString first = m_view.series.buckets.empty() ? QString() : spanName(m_view.series.buckets.front().span), last = m_view.series.buckets.empty() ? QString() : spanName(m_view.series.buckets.back().span);
        return timelineSvg(title(), own, m_view.how.rolling > 1 ? rolling : std::vector<TimePoint>(), estimated, marks, first, last);
    }

    QString stretches() const {
        if (m_view.series.buckets.empty())
            return {};
        const bool rolling = m_view.how.rolling > 1;
        QStringList heads{QStringLiteral("=Stretch"), QStringLiteral(">Predictions"), QStringLiteral(">Labelled"), QStringLiteral(">") + m_view.title, QStringLiteral(">95 % interval")};
        if (rolling)
            heads << QStringLiteral(">Rolling, %1").arg(m_view.how.rolling);
        Rows rows(heads << QStringLiteral("Versions"));
        for (const AccuracyBucket &b : m_view.series.buckets) {
            QStringList notes;
            if (b.tooFew)
                notes << badge("off", QStringLiteral("too few labels"));
            if (b.incomplete)
                notes << badge("off", QStringLiteral("not over"));
            QStringList cells{escaped(spanName(b.span)), QString::number(b.predictions), QStringLiteral("%1 (%2 %)").arg(b.labelled).arg(100 * b.labelledShare(), 0, 'f', 0), number(b.own.value), interval(b.own)};
            if (rolling)
                cells << number(b.rolling.value);
            rows.add(cells << (QStringList{escaped(versionsText(b.versions))} + notes).join(QLatin1Char(' ')));
        }
        return h2(QStringLiteral("Each stretch")) + rows.html();
    }

    QString estimates() const {
        if (!m_view.estimated)
            return m_view.notEstimated.isEmpty() ? QString() : h2(QStringLiteral("Estimated without labels")) + paragraph(QStringLiteral("Not estimated: %1").arg(m_view.notEstimated));
        const EstimatedSeries &e = *m_view.estimated;
        QString out = h2(QStringLiteral("Estimated without labels")) +
                      paragraph(QStringLiteral("These are estimates for v%1, not measurements: %2, learned from %3. That what the inputs mean has changed is not seen by them.").arg(e.version).arg(e.method, e.learned));
        Rows rows({QStringLiteral("=Stretch"), QStringLiteral(">Rows"), QStringLiteral(">%1, estimated").arg(m_view.title), QStringLiteral(">95 % interval")});
        for (const auto &[span, one] : e.stretches)
            rows.add({escaped(spanName(span)), QString::number(one.rows), number(one.value), interval({one.value, one.low, one.high})});
        return out + (rows.empty() ? paragraph(QStringLiteral("Every stretch has its labels.")) : rows.html());
    }

    QString deploys() const {
        if (m_view.deploys.empty())
            return {};
        Rows rows({QStringLiteral("=When"), QStringLiteral("Version"), QStringLiteral("What became of it")});
        for (const serving::DeployMarker &d : m_view.deploys)
            rows.add({escaped(shortMoment(d.timeMs)), QStringLiteral("v%1").arg(d.version), escaped(d.outcome)});
        return h2(QStringLiteral("What began to serve meanwhile")) + rows.html();
    }

    QString slices() const {
        if (m_view.slices.empty())
            return {};
        QString out = h2(QStringLiteral("Slices"));
        std::vector<const std::pair<const QString, serving::AccuracySeries> *> all;
        for (const auto &slice : m_view.slices)
            all.push_back(&slice);
        for (std::size_t first = 0; first < all.size(); first += widestSlices) {
            const std::size_t end = std::min(all.size(), first + widestSlices);
            QStringList heads{QStringLiteral("=Stretch")};
            for (std::size_t i = first; i < end; ++i)
                heads << QLatin1Char('>') + all[i]->first;
            Rows rows(heads);
            for (const AccuracyBucket &b : m_view.series.buckets) {
                QStringList cells{escaped(spanName(b.span))};
                for (std::size_t i = first; i < end; ++i) {
                    const auto &buckets = all[i]->second.buckets;
                    const auto found = std::find_if(buckets.begin(), buckets.end(), [&](const AccuracyBucket &one) { return one.span == b.span; });
                    cells << (found == buckets.end() ? none : found->tooFew ? QStringLiteral("%1 labels").arg(found->labelled) : QStringLiteral("%1 (%2)").arg(number(found->own.value)).arg(found->labelled));
                }
                rows.add(cells);
            }
            out += rows.html();
        }
        return out + paragraph(QStringLiteral("In brackets: labelled rows."));
    }

    QString whyPart(const AccuracyWhy &why) const {
        QString out = h2(QStringLiteral("Why did it drop?"));
        out += paragraph(QStringLiteral("v%1: %2 was %3 (%4) on %5 labelled rows before %6, and %7 (%8) on the %9 from then on.")
                             .arg(why.version).arg(why.metric, number(why.before.value), interval(why.before)).arg(why.labelledBefore).arg(momentText(why.sinceMs), number(why.after.value), interval(why.after)).arg(why.labelledAfter));
        Rows causes({QStringLiteral("Input"), QStringLiteral(">Share"), QStringLiteral(">Drift"), QStringLiteral(">Importance"), QString()});
        for (const auto &c : why.causes)
            causes.add({escaped(c.feature), c.tooFew ? none : QStringLiteral("%1 %").arg(100 * c.share, 0, 'f', 0), c.tooFew ? none : number(c.drift), number(c.importance), c.tooFew ? badge("off", QStringLiteral("too few rows")) : QString()});
        if (!causes.empty())
            out += causes.html();
        if (std::none_of(why.causes.begin(), why.causes.end(), [](const auto &c) { return c.share > 0; }))
            out += paragraph(QStringLiteral("No input that the model looks at moved: what they mean may have changed, or the labels."));
        if (why.rows.empty())
            return out;
        Rows rows({QStringLiteral("Prediction"), QStringLiteral("=When"), QStringLiteral(">Predicted"), QStringLiteral(">Was"), QStringLiteral(">Loss"), QStringLiteral("Inputs")});
        for (const AccuracyWhy::Look &look : why.rows) {
            QStringList inputs;
            for (const auto &[name, value] : look.inputs)
                inputs << QStringLiteral("%1 = %2").arg(name, value);
            rows.add({QStringLiteral("<span class=\"mono\">%1</span>").arg(escaped(look.predictionId)), escaped(shortMoment(look.timeMs)), escaped(valueText(look.predicted)), escaped(valueText(look.truth)), number(look.loss), escaped(inputs.join(QStringLiteral(", ")))});
        }
        return out + QStringLiteral("<h3>Rows to look at</h3>\n") + rows.html();
    }

    QString definitions() const {
        QStringList lines{QStringLiteral("A label counts where its prediction was made, however late it came; of several labels of a prediction the newest counts."),
                          QStringLiteral("Interval: %1.").arg(m_view.series.interval), QStringLiteral("Below %1 labelled rows a stretch has no value.").arg(m_view.how.minimumRows)};
        if (m_view.how.rolling > 1)
            lines << QStringLiteral("Rolling: over the labelled rows of the last %1 stretches together.").arg(m_view.how.rolling);
        if (m_view.how.step == CalendarStep::Week)
            lines << QStringLiteral("Weeks are ISO weeks: they begin on Monday.");
        QString out = h2(QStringLiteral("How the figures are made")) + QStringLiteral("<ul>\n");
        for (const QString &text : lines)
            out += QStringLiteral("<li>%1</li>\n").arg(escaped(text));
        return out + QStringLiteral("</ul>\n");
    }

    QString m_model;
    const AccuracyView &m_view;
    Axis m_axis;
};

} // namespace

QByteArray accuracyReport(const QString &model, const AccuracyView &view, const std::optional<AccuracyWhy> &why, const QDateTime &made) {
    const Page told(model, view);
    return page(QStringLiteral("en"), told.title(), told.body(why, made));
}

} // namespace pilothouse::fleet
