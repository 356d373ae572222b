// Lists filtered, sorted and paged with openapi-fetch, typed by openapi-typescript.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

declare const process: { argv: string[] };

const [base, token] = process.argv.slice(2);
const client = createClient<paths>({
  baseUrl: base,
  headers: { Authorization: `Bearer ${token}` },
});

type Status = components["schemas"]["Invoice"]["status"];
const asked = {
  total: ["gte:20", "lt:60"],
  status: ["draft" satisfies Status],
  sort: ["-total", "oid"],
  limit: 2,
};

async function walk(): Promise<(string | undefined)[]> {
  const totals: (string | undefined)[] = [];
  let cursor: string | undefined;
  do {
    const { data, error } = await client.GET("/v1/invoices", {
      params: { query: { ...asked, cursor } },
    });
    if (error) throw new Error(`${error.status} ${error.detail}`);
    totals.push(...data.data.map((invoice) => invoice.total));
    cursor = data.pagination.next_cursor ?? undefined;
  } while (cursor);
  return totals;
}

async function page(): Promise<[number | null, string | null]> {
  const { data } = await client.GET("/v1/invoices", {
    params: { query: { page: 2, per_page: 3, count: "exact" } },
  });
  return [data?.pagination.total ?? null, data?.pagination.total_is ?? null];
}

async function refused(): Promise<string | undefined> {
  const { error } = await client.GET("/v1/invoices", {
    params: { query: { total: ["gtee:100"] } },
  });
  return error?.errors[0]?.code;
}

async function made(): Promise<[string | undefined, number]> {
  const { data, response } = await client.POST("/v1/contacts", {
    body: { type: "company", company_name: "Acme", phone: null },
  });
  return [data?.data.company_name ?? undefined, response.status];
}

console.log(
  JSON.stringify({
    walk: await walk(),
    page: await page(),
    refused: await refused(),
    made: await made(),
  }),
);
