// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/theme.h"

#include <QDateTime>
#include <QTimer>
#include <QWidget>

#include <functional>

namespace pilothouse::ui {

/// How fresh a value is: full dot, ring, square, clock, octagon (DESIGN_SYSTEM §4).
enum class Freshness { Live, Polled, Local, Stale, Down };

/// Beats once a second for all source labels and clocks of the program; stands still while nothing listens. Tests emit by
/// hand.
class Ticker : public QObject {
    Q_OBJECT
public:
    static Ticker &of(const QWidget *widget); ///< one for the application, made on first use
    QDateTime now() const;
    void setNow(std::function<QDateTime()> now); ///< tests and pictures stand at one time
Q_SIGNALS:
    void tick();

protected:
    void connectNotify(const QMetaMethod &signal) override;

private:
    explicit Ticker(QObject *parent);
    QTimer m_timer;
    std::function<QDateTime()> m_now;
};

/// "○ local 40 s": where a panel's numbers come from and how old they are. A click opens the connection.
class SourceLabel : public QWidget {
    Q_OBJECT
public:
    explicit SourceLabel(QWidget *parent = nullptr);
    /// @param pollSeconds period of the poll; older than three of them is shown as stale. 0: never stale.
    void setSource(const QString &name, const QDateTime &time, Freshness freshness = Freshness::Polled, int pollSeconds = 0);
    void setDown(const QString &name, const QDateTime &lastSuccess, const QString &why);
    void clear();
    QString text() const; ///< "MLflow 40 s", as a screen reader says it
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void clicked(const QString &source);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;

private:
    Freshness shown() const;
    QString ageText() const;
    void tick();
    QString m_name, m_lastAge;
    QDateTime m_time;
    Freshness m_freshness = Freshness::Polled;
    int m_poll = 0;
};

/// The mark of a freshness in its ink.
void paintFreshness(QPainter &painter, const QRectF &rect, Freshness freshness, const QWidget *widget);

} // namespace pilothouse::ui
