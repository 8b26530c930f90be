// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <functional>
#include <optional>

class QWidget;

namespace pilothouse::ui {

/// What all charts of the console share: the stretch of time that is looked at (every chart over time shows it, whichever panel it stands in), and how one
/// is saved. A chart finds it by itself; the window shows the stretch in its header and says how files are saved. GUI thread.
class ChartDesk : public QObject {
    Q_OBJECT
public:
    /// Seconds since 1970, from < to.
    struct Range {
        double from = 0, to = 0;
        bool operator==(const Range &) const = default;
        QString text() const; ///< "Sat 21 Nov 10:00 – 12:30", in the shown zone
    };
    using Bytes = std::function<QByteArray()>; ///< of a file, made on a pool thread
    using SaveAs = std::function<void(QWidget *owner, const QString &name, const QString &filter, const Bytes &bytes)>;
    static ChartDesk &of(const QWidget *widget);
    std::optional<Range> range() const { return m_range; }
    /// nullopt: each chart shows all that it has.
    void setRange(const std::optional<Range> &range);
    void setSaveAs(SaveAs saveAs) { m_saveAs = std::move(saveAs); }
    const SaveAs &saveAs() const { return m_saveAs; } ///< empty: charts cannot be saved here

Q_SIGNALS:
    void rangeChanged();

private:
    using QObject::QObject;
    std::optional<Range> m_range;
    SaveAs m_saveAs;
};

} // namespace pilothouse::ui
