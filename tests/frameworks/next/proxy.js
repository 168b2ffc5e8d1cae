import { NextResponse } from 'next/server';

// The merchant backend answers below /api; where it is, the server's environment says.
export function proxy({ nextUrl: { pathname, search } }) {
  return NextResponse.rewrite(new URL(pathname + search, process.env.BACKEND));
}

export const config = { matcher: '/api/:path*' };
