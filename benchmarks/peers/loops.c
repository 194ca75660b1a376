/* First come, first served in C: the ways to find the worker that is free first. */

static inline double later(double a, double b) { return a > b ? a : b; }

void one(const double *arrive, const double *service, double *done, long n, double *free, long c) {
    double end = free[0];
    for (long i = 0; i < n; i++)
        done[i] = end = later(arrive[i], end) + service[i];
}

void scan(const double *arrive, const double *service, double *done, long n, double *free, long c) {
    for (long i = 0; i < n; i++) {
        long first = 0;
        for (long j = 1; j < c; j++)
            if (free[j] < free[first]) first = j;
        done[i] = free[first] = later(arrive[i], free[first]) + service[i];
    }
}

void sorted(const double *arrive, const double *service, double *done, long n, double *free, long c) {
    for (long i = 0; i < n; i++) {
        double end = later(arrive[i], free[0]) + service[i];
        long j = 0;
        for (; j + 1 < c && free[j + 1] < end; j++) free[j] = free[j + 1];
        done[i] = free[j] = end;
    }
}

void heap(const double *arrive, const double *service, double *done, long n, double *free, long c) {
    for (long i = 0; i < n; i++) {
        double end = later(arrive[i], free[0]) + service[i];
        long j = 0, child;
        while ((child = 2 * j + 1) < c) {
            if (child + 1 < c && free[child + 1] < free[child]) child++;
            if (free[child] >= end) break;
            free[j] = free[child];
            j = child;
        }
        done[i] = free[j] = end;
    }
}
